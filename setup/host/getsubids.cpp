#include "host/getsubids.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <stdexcept>

#include "host/host.hpp"
#include "host/programs.hpp"
#include "posix/child.hpp"
#include "posix/text.hpp"

namespace kerneltour::host {
namespace {

constexpr std::chrono::seconds patience{10};  // a directory service may be far away

std::string run_getsubids(const std::string& program, const std::string& user, bool groups) {
  posix::Child child([&](int answer) {
    std::array<const char*, 4> words = {program.c_str(), user.c_str(), nullptr, nullptr};
    if (groups) words = {program.c_str(), "-g", user.c_str(), nullptr};
    dup2(answer, STDOUT_FILENO);
    char* none = nullptr;
    execve(program.c_str(), const_cast<char* const*>(words.data()), &none);
  });
  return child.answer(std::chrono::steady_clock::now() + patience).bytes;
}

}  // namespace

std::vector<SubordinateRange> parse_getsubids(std::string_view text) {
  std::vector<SubordinateRange> ranges;
  while (!text.empty()) {
    const auto line = posix::words(posix::take_line(text));
    if (line.size() != 4) continue;
    const auto start = posix::parse_number<std::uint32_t>(line[2]);
    const auto count = posix::parse_number<std::uint32_t>(line[3]);
    if (start && count && *count > 0) ranges.push_back({std::string(line[1]), *start, *count, 0});
  }
  return ranges;
}

SubordinateFile ask_getsubids(const std::vector<std::string>& users, std::string_view kind) {
  const auto program = find_program(Host::running(), "getsubids");
  if (!program)
    throw std::runtime_error(
        "subordinate IDs come from a service here, and getsubids(1), which asks it, is not "
        "installed: apt-get install uidmap");
  SubordinateFile file;
  file.exists = true;
  for (const auto& user : users) {
    unsigned number = 0;
    for (auto& range : parse_getsubids(run_getsubids(program->path, user, kind == "GID"))) {
      range.line = ++number;
      file.ranges.push_back(std::move(range));
    }
  }
  return file;
}

}  // namespace kerneltour::host
