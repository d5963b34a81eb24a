#include "commands/check.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "chapters/catalogue.hpp"
#include "commands/format.hpp"
#include "commands/report.hpp"
#include "commands/selection.hpp"
#include "commands/subjects.hpp"
#include "features/catalogue.hpp"
#include "posix/error.hpp"

namespace kerneltour::commands {
namespace {

namespace po = boost::program_options;

/// What the command line asks for.
struct Request {
  Selection selected;
  std::optional<std::string> root;
  std::optional<std::string> as;
  host::OtherKernel kernel;
  bool json = false;
  bool explain = false;
};

std::optional<std::string> text_of(const Arguments& arguments, const char* name) {
  if (arguments.count(name) == 0) return std::nullopt;
  return arguments[name].as<std::string>();
}

/// A file that was named has to be what it was named as: whatever is wrong with it is wrong usage.
void read_named_config(host::OtherKernel& kernel, const std::string& path) {
  if (path.empty()) throw UsageError("--config: the name of a file is missing");
  auto file = posix::read_file(AT_FDCWD, path.c_str());
  if (!file.ok()) throw UsageError(fmt::format("--config: {} {}", path, file.failure));
  const auto config = host::read_kernel_config(file.text, path);
  if (!config.config) throw UsageError(fmt::format("--config: {} {}", path, config.failures.at(0).reason));
  kernel.config_path = path;
  kernel.config_bytes = std::move(file.text);
}

host::OtherKernel other_kernel(const Arguments& arguments) {
  host::OtherKernel kernel;
  kernel.release = text_of(arguments, "release");
  kernel.command_line = text_of(arguments, "cmdline");
  if (kernel.release && !host::parse_kernel_release(*kernel.release))
    throw UsageError(
        fmt::format("--release: '{}' is no kernel release such as 6.8.0-45-generic", *kernel.release));
  if (const auto path = text_of(arguments, "config")) read_named_config(kernel, *path);
  return kernel;
}

Request parse(const Arguments& arguments) {
  Request request;
  request.json = wants_json(arguments);
  request.explain = arguments.count("explain") != 0;
  request.root = text_of(arguments, "root");
  request.as = text_of(arguments, "as");
  request.selected = selection(arguments);
  request.kernel = other_kernel(arguments);
  return request;
}

host::Host open_host(const Request& request) {
  if (!request.root) return host::Host::running();
  try {
    return host::Host::at(*request.root);
  } catch (const posix::SystemError& error) {
    throw UsageError(fmt::format("--root: {}", error.what()));
  }
}

Report judge_running(const Request& request) {
  const auto subjects = subjects_here(request.as);
  auto [facts, features] = features::judge_running(request.selected.features, subjects);
  Report report{std::move(facts), {}, std::move(features), {}, {}, request.explain};
  if (subjects.ordinary.uid != ::getuid()) report.ordinary = called(subjects.ordinary);
  return report;
}

Report judge_from_files(const host::Host& host, const Request& request) {
  Report report;
  report.facts = host::read_facts(host, features::programs(), request.kernel);
  report.root = request.root.value_or("");
  report.explain = request.explain;
  const auto subjects = host.live() ? subjects_here(request.as) : subjects_of(report.facts, request.as);
  report.features = features::judge_facts(request.selected.features, report.facts, subjects);
  return report;
}

}  // namespace

Options check_options() {
  const auto one = [](const char* name) { return po::value<std::string>()->value_name(name); };
  Options options;
  add_format(options);
  add_selection(options, "Judge what these chapters need");
  auto add = options.add_options();
  add("explain",
      "Say of each feature what it is, since when, where it is documented, and what the verdict rests on.");
  add("as", one("USER"),
      "As root: ask the kernel as this user where ordinary users may be refused, and judge this user's "
      "subordinate IDs. Without it the user who called sudo counts, else nobody.");
  add("root", one("DIR"),
      "Judge the host below this directory, which is not running: a mounted disk, a container's image.");
  add("config", one("FILE"),
      "Judge a kernel with this configuration, plain or compressed, instead of the one that is there.");
  add("release", one("RELEASE"),
      "Judge a kernel of this release, such as 6.8.0-45-generic, with the configuration that is there for "
      "it.");
  add("cmdline", one("TEXT"),
      "Judge the kernel with this command line. What --config, --release and --cmdline leave out is that of "
      "the host below --root; without --root, --cmdline alone means the running kernel.");
  return options;
}

int check(const Arguments& arguments) {
  const auto request = parse(arguments);
  const auto host = open_host(request);
  const bool asks_kernel = host.live() && !request.kernel.given();
  auto report = asks_kernel ? judge_running(request) : judge_from_files(host, request);
  for (const auto* chapter : request.selected.chapters)
    report.chapters.push_back(judge_chapter(*chapter, report.features));
  std::cout << (request.json ? as_json(report) : as_text(report, posix::Terminal::of(STDOUT_FILENO)));
  return exit_status(report.features);
}

}  // namespace kerneltour::commands
