#include "commands/kernel_options.hpp"

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <memory>

#include "commands/selection.hpp"
#include "host/facts.hpp"
#include "posix/error.hpp"
#include "posix/terminal.hpp"

namespace kerneltour::commands {
namespace {

namespace po = boost::program_options;

constexpr host::KernelVersion first_with_psi = {4, 20, 0};

auto one(const char* name) { return po::value<std::string>()->value_name(name); }

/// What a selection's features need of Linux.
host::KernelVersion needed_by(const Arguments& arguments) {
  auto version = first_with_psi;
  if (arguments.count("for") == 0) return version;
  for (const auto* feature : selection(arguments).features) {
    if (const auto since = host::parse_kernel_version(feature->since)) version = std::max(version, *since);
  }
  return version;
}

}  // namespace

void add_kernel_root(Options& options) {
  options.add_options()("root", one("DIR"),
                        "The host below this directory, which is not running: a mounted disk, an image.");
}

void add_archive(Options& options) {
  auto add = options.add_options();
  add("archive", one("URL"),
      "The archive of mainline kernels; without it the one in /etc/kerneltour/kerneltour.conf, else "
      "Ubuntu's.");
  add("keyring", one("FILE"),
      "The keys that may have signed that archive; without it a key server is asked.");
  add("fingerprint", one("FINGERPRINT"), "The key that has to have signed it.");
}

void add_kernel_choice(Options& options, const char* sources) {
  auto add = options.add_options();
  add("source", one(sources), "Only kernels from there.");
  add("at-least", one("VERSION"),
      "Only this version of Linux, such as 6.1, or a later one. Without it 4.20.");
  add_selection(options, "Only kernels of the versions that these chapters need");
}

std::optional<std::string> given(const Arguments& arguments, const char* option) {
  if (arguments.count(option) == 0) return std::nullopt;
  return arguments[option].as<std::string>();
}

std::string kernel_root(const Arguments& arguments) {
  const auto root = given(arguments, "root");
  if (!root) return {};
  const std::unique_ptr<char, void (*)(void*)> real(realpath(root->c_str(), nullptr), free);
  if (!real)
    throw UsageError(fmt::format("--root: {}: {}", posix::printable(*root), posix::error_text(errno)));
  try {
    host::Host::at(real.get());
  } catch (const posix::SystemError& error) {
    throw UsageError(fmt::format("--root: {}", error.what()));
  }
  const std::string path = real.get();
  return path == "/" ? "" : path;
}

host::Host host_at(const std::string& root) {
  return root.empty() ? host::Host::running() : host::Host::at(root);
}

std::optional<kernels::Source> wanted_source(const Arguments& arguments) {
  const auto name = given(arguments, "source");
  if (!name) return std::nullopt;
  const auto source = kernels::parse_source(*name);
  if (!source || *source == kernels::Source::file)
    throw UsageError(
        fmt::format("--source: '{}' is none of apt, mainline, installed", posix::printable(*name)));
  return source;
}

host::KernelVersion wanted_version(const Arguments& arguments) {
  const auto needed = needed_by(arguments);
  const auto text = given(arguments, "at-least");
  if (!text) return needed;
  const auto version = host::parse_kernel_version(*text);
  if (!version)
    throw UsageError(
        fmt::format("--at-least: '{}' is no version of Linux such as 4.20", posix::printable(*text)));
  return arguments.count("for") == 0 ? *version : std::max(*version, needed);
}

kernels::Settings archive_settings(const Arguments& arguments, const std::string& root) {
  return kernels::read_settings(root + kernels::settings_path,
                                {.archive = given(arguments, "archive"),
                                 .keyring = given(arguments, "keyring"),
                                 .fingerprint = given(arguments, "fingerprint")});
}

std::string preferred_flavour(const std::string& root, const apt::Session& session) {
  const auto facts = host::read_facts(host_at(root), {});
  const bool is_own = facts.release && facts.release->origin != host::KernelOrigin::other;
  if (is_own && !facts.release->flavour.empty()) return facts.release->flavour;
  return host::base_of(facts.os).distribution == "ubuntu" ? "generic" : session.architecture();
}

apt::Session open_session(const std::string& root, const std::string& command) {
  constexpr int impossible = 3;
  if (!host_at(root).exists(apt::dpkg_status))
    throw Refusal(
        fmt::format("{} has no {}: its packages are none of dpkg's, and its kernels come another way",
                    root.empty() ? "this host" : root, apt::dpkg_status),
        impossible);
  return apt::Session(root, command);
}

std::string typed_command(std::string_view command, const Arguments& arguments, const char* operand) {
  auto text = fmt::format("kerneltour {}", command);
  if (arguments.count(operand) == 0) return text;
  for (const auto& word : arguments[operand].as<std::vector<std::string>>())
    text += " " + posix::printable(word);
  return text;
}

}  // namespace kerneltour::commands
