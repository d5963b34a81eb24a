#include "host/boot_traces.hpp"

#include <fmt/format.h>

#include <exception>

#include "host/host.hpp"
#include "host/programs.hpp"
#include "posix/program.hpp"
#include "posix/text.hpp"

namespace kerneltour::host {
namespace {

/// Where the firmware's memory shows, and where systemd-pstore.service(8) moves it to, a directory a dump.
constexpr const char* pstore[] = {"/sys/fs/pstore", "/var/lib/systemd/pstore"};

std::string panic_below(const Host& host, const std::string& directory, std::string_view release,
                        unsigned depth) {
  for (const auto& name : host.list(directory)) {
    const auto path = directory + "/" + name;
    if (const auto dump = host.read(path); dump.ok()) {
      if (const auto panic = panic_in(dump.text, release); !panic.empty())
        return fmt::format("it panicked: {} ({})", panic, path);
    } else if (depth > 0) {
      if (auto panic = panic_below(host, path, release, depth - 1); !panic.empty()) return panic;
    }
  }
  return {};
}

/// What journalctl(1) says about the boot before this one; nothing where it kept none.
std::string ask_journal(const Host& host, std::vector<std::string> question) {
  const auto journalctl = find_program(host, "journalctl");
  if (!journalctl) return {};
  question.insert(question.begin(), {journalctl->path, "--quiet", "--no-pager", "--output=cat", "--boot=-1"});
  try {
    auto ended = posix::run_program(question);
    return ended.status == 0 ? std::move(ended.output) : std::string();
  } catch (const std::exception&) {
    return {};
  }
}

std::vector<std::string> from_journal(const Host& host, std::string_view release) {
  const auto kernel = ask_journal(host, {"--dmesg", "--grep=^Linux version "});
  if (!kernel.starts_with(fmt::format("Linux version {} ", release))) return {};
  std::vector<std::string> traces = {"it came as far as writing its journal: journalctl --boot=-1"};
  const auto errors = ask_journal(host, {"--priority=err", "--lines=3"});
  for (std::string_view rest = errors; !rest.empty();) {
    const auto line = posix::trim(posix::take_line(rest));
    if (!line.empty()) traces.push_back(fmt::format("an error of its journal: {}", line));
  }
  return traces;
}

}  // namespace

std::string panic_in(std::string_view messages, std::string_view release) {
  constexpr std::string_view begins = "Kernel panic - not syncing: ";
  // "CPU: 0 PID: 1 Comm: swapper/0 Not tainted 6.1.0-56-amd64 #1 Debian 6.1.1-1": a word of its own, so that
  // 6.1.0-5 is not 6.1.0-56.
  bool is_its = false;
  std::string panic;
  while (!messages.empty()) {
    const auto line = posix::take_line(messages);
    for (const auto word : posix::words(line)) is_its = is_its || word == release;
    if (const auto at = line.find(begins); at != line.npos)
      panic = posix::trim(line.substr(at + begins.size()));
  }
  return is_its ? panic : std::string();
}

std::vector<std::string> traces_of(const Host& host, std::string_view release) {
  std::vector<std::string> traces;
  for (const char* directory : pstore) {
    if (auto panic = panic_below(host, directory, release, 1); !panic.empty()) {
      traces.push_back(std::move(panic));
      break;
    }
  }
  if (!host.live()) return traces;
  for (auto& trace : from_journal(host, release)) traces.push_back(std::move(trace));
  return traces;
}

}  // namespace kerneltour::host
