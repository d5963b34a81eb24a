#include "commands/kernel_list.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include <nlohmann/json.hpp>

#include "apt/downloads.hpp"
#include "chapters/catalogue.hpp"
#include "commands/format.hpp"
#include "commands/kernel_chapters.hpp"
#include "commands/kernel_options.hpp"
#include "commands/kernel_sources.hpp"
#include "commands/package_progress.hpp"
#include "posix/terminal.hpp"

namespace kerneltour::commands {
namespace {

using kernels::Kernel;
using kernels::Source;
using posix::printable;

bool is_wanted(const Kernel& kernel, std::optional<Source> source, host::KernelVersion at_least) {
  const auto version = host::parse_kernel_release(kernel.version).value_or(kernel.release);
  if (!version.at_least(at_least)) return false;
  if (!source) return true;
  return *source == Source::installed ? kernel.installed : kernel.source == *source;
}

/// The archive has hundreds of versions, and asking it takes a request: only where it was named.
bool asks_archive(std::optional<Source> source, const Arguments& arguments, const std::string& root) {
  if (source) return *source == Source::mainline;
  return arguments.count("archive") != 0 || host_at(root).exists(kernels::settings_path);
}

std::vector<Kernel> find_kernels(const Arguments& arguments, const std::string& root) {
  const auto source = wanted_source(arguments);
  const auto session = open_session(root, "kerneltour kernel list");
  PackageProgress progress;
  std::vector<Kernel> found;
  if (source != Source::mainline)
    found = kernels_of_host(apt::Cache(session, {}, false, progress), boot_setup_of(root));
  if (asks_archive(source, arguments, root)) {
    const auto archive =
        open_archive(archive_settings(arguments, root), root, apt::fetch_by_apt(session, progress));
    const auto more = mainline_kernels(archive);
    found.insert(found.end(), more.begin(), more.end());
    std::stable_sort(found.begin(), found.end(), kernels::is_newer);
  }
  const bool narrowed = arguments.count("at-least") != 0 || arguments.count("for") != 0;
  const auto at_least = narrowed ? wanted_version(arguments) : host::KernelVersion{};
  std::erase_if(found, [&](const Kernel& kernel) { return !is_wanted(kernel, source, at_least); });
  return found;
}

std::string chapters_text(const std::vector<unsigned>& numbers) {
  if (numbers.size() == chapters::catalogue().size()) return "all chapters";
  return fmt::format("{} of {} chapters", numbers.size(), chapters::catalogue().size());
}

std::string state_of(const Kernel& kernel) {
  std::string text;
  const auto add = [&](bool holds, const char* word) {
    if (holds) text += (text.empty() ? "" : ", ") + std::string(word);
  };
  add(kernel.running, "running");
  add(kernel.is_default, "default");
  add(kernel.installed && !kernel.running, "installed");
  return text;
}

std::string as_text(const std::vector<Kernel>& found, const KernelChapters& chapters,
                    const posix::Terminal& terminal) {
  if (found.empty()) return "There is no such kernel here.\n";
  std::size_t width = 7;
  for (const auto& kernel : found) width = std::max(width, kernel.release.text.size());
  auto text = terminal.paint(posix::Colour::bold, fmt::format("{:{}}  {:9}  {:6}  {:20}  {}", "RELEASE",
                                                              width, "VERSION", "SIGNED", "FROM", "STATE")) +
              "\n";
  for (const auto& kernel : found) {
    const auto signed_text = kernel.package.empty() ? "" : kernel.is_signed ? "yes" : "no";
    auto line =
        fmt::format("{:{}}  {:9}  {:6}  {:20}  {}", printable(kernel.release.text), width,
                    printable(kernel.version), signed_text, printable(kernel.origin), state_of(kernel));
    if (const auto numbers = chapters.of(kernel); numbers.size() != chapters::catalogue().size())
      line += fmt::format("{}{}", line.back() == ' ' ? "" : "; ", chapters_text(numbers));
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text +
         "\nTo install one: sudo kerneltour kernel install RELEASE. Those of the mainline archive: "
         "kerneltour kernel list --source mainline\n";
}

std::string as_json(const std::vector<Kernel>& found, const KernelChapters& chapters) {
  nlohmann::ordered_json json = {{"schema", 1}, {"kernels", nlohmann::ordered_json::array()}};
  for (const auto& kernel : found)
    json["kernels"].push_back({{"release", kernel.release.text},
                               {"version", kernel.version},
                               {"source", name_of(kernel.source)},
                               {"package", kernel.package},
                               {"package_version", kernel.package_version},
                               {"origin", kernel.origin},
                               {"metapackages", kernel.metapackages},
                               {"signed", kernel.is_signed},
                               {"installed", kernel.installed},
                               {"running", kernel.running},
                               {"default", kernel.is_default},
                               {"chapters", chapters.of(kernel)}});
  return json.dump(2) + "\n";
}

}  // namespace

Options kernel_list_options() {
  Options options;
  add_format(options);
  add_kernel_choice(options, "apt|mainline|installed");
  add_kernel_root(options);
  add_archive(options);
  return options;
}

int kernel_list(const Arguments& arguments) {
  const bool json = wants_json(arguments);
  const auto root = kernel_root(arguments);
  const auto found = find_kernels(arguments, root);
  const auto host = host_at(root);
  const KernelChapters chapters(host);
  std::cout << (json ? as_json(found, chapters)
                     : as_text(found, chapters, posix::Terminal::of(STDOUT_FILENO)));
  return 0;
}

}  // namespace kerneltour::commands
