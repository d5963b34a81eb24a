#include "lesson/user_namespace.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sched.h>
#include <unistd.h>

#include <vector>

#include "lesson/process.hpp"
#include "posix/fd.hpp"
#include "posix/shell.hpp"
#include "posix/text.hpp"

namespace kerneltour::lesson {
namespace {

/// "CLONE_NEWUSER|CLONE_NEWNET"
std::string names_of(int flags) {
  struct Named {
    int flag;
    std::string_view name;
  };
  constexpr Named known[] = {
      {CLONE_NEWUSER, "CLONE_NEWUSER"}, {CLONE_NEWNS, "CLONE_NEWNS"},   {CLONE_NEWPID, "CLONE_NEWPID"},
      {CLONE_NEWUTS, "CLONE_NEWUTS"},   {CLONE_NEWIPC, "CLONE_NEWIPC"}, {CLONE_NEWNET, "CLONE_NEWNET"},
  };
  std::string text;
  for (const auto& [flag, name] : known) {
    if ((flags & flag) == 0) continue;
    if (!text.empty()) text += '|';
    text += name;
  }
  return text;
}

/// The first range that is large enough in what getsubids printed: "0: ann 100000 65536" a line.
SubordinateRange first_of(std::string_view printed, std::uint32_t enough) {
  while (!printed.empty()) {
    const auto line = posix::words(posix::take_line(printed));
    if (line.size() != 4) continue;
    const auto start = posix::parse_number<std::uint32_t>(line[2]);
    const auto count = posix::parse_number<std::uint32_t>(line[3]);
    if (start && count && *count >= enough) return {*start, *count};
  }
  return {};
}

/// With blanks between the words of a line, and `between` between lines.
std::string text_of(const IdMap& map, char between) {
  std::string text;
  for (const auto& [inside, outside, count] : map) {
    if (!text.empty()) text += between;
    text += fmt::format("{} {} {}", inside, outside, count);
  }
  return text;
}

/// Outside: writes one map of the process `pid`. Returns why not; empty where it did.
std::string write_map(Step& step, pid_t pid, Side side, const IdMap& map) {
  const bool users = side == Side::users;
  if (map.empty()) return {};
  if (geteuid() == 0) {
    write_whole(step, fmt::format("/proc/{}/{}", pid, users ? "uid_map" : "gid_map"), text_of(map, '\n'));
    return {};
  }
  const auto command = fmt::format("{} {} {}", users ? "newuidmap" : "newgidmap", pid, text_of(map, ' '));
  const auto full = "/usr/bin/" + command;
  const auto words = posix::words(full);
  const auto ran = run_program({words.begin(), words.end()});
  step.output(command, ran.output);
  return ran.status == 0
             ? ""
             : fmt::format("{} ended with status {}", users ? "newuidmap" : "newgidmap", ran.status);
}

}  // namespace

void write_whole(Step& step, const std::string& path, std::string_view text) {
  const posix::Fd file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  step.works(file ? write(file.get(), text.data(), text.size()) : -1, "write({}, \"{}\")", path, text);
}

void enter_as_root(Step& step, int others) {
  const uid_t uid = geteuid();
  const gid_t gid = getegid();
  step.works(unshare(CLONE_NEWUSER | others), "unshare({})", names_of(CLONE_NEWUSER | others));
  write_whole(step, "/proc/self/setgroups", "deny");
  write_whole(step, "/proc/self/uid_map", fmt::format("0 {} 1", uid));
  write_whole(step, "/proc/self/gid_map", fmt::format("0 {} 1", gid));
}

SubordinateRange subordinate_range(Step& step, Side side, std::uint32_t enough) {
  const auto name = name_of(getuid());
  std::vector<std::string> command = {"/usr/bin/getsubids", name};
  if (side == Side::groups) command.insert(command.begin() + 1, "-g");
  const auto ran = run_program(command);
  if (ran.status == 127) step.skip("getsubids(1) and newuidmap(1)", "sudo apt-get install uidmap");
  const auto range = first_of(ran.output, enough);
  if (range.count == 0)
    step.skip(
        fmt::format("{} has no{} subordinate {} IDs", name, enough > 1 ? fmt::format(" {}", enough) : "",
                    side == Side::users ? "user" : "group"),
        fmt::format("sudo kerneltour subid grant {}", posix::shell_quoted(name)));
  return range;
}

void enter_with_maps(Step& step, const IdMap& users, const IdMap& groups, int others) {
  const pid_t pid = getpid();
  const auto name = name_of(getuid());
  Process outside([&](Channel& inside) {
    inside.hear();
    const auto problem = write_map(step, pid, Side::users, users);
    inside.say(problem.empty() ? write_map(step, pid, Side::groups, groups) : problem);
  });
  step.works(unshare(CLONE_NEWUSER | others), "unshare({})", names_of(CLONE_NEWUSER | others));
  outside.say("the namespace is there");
  const auto problem = outside.hear();
  if (!problem.empty())
    step.skip("a map of several IDs: " + problem,
              fmt::format("kerneltour subid check {}  # says what is missing", posix::shell_quoted(name)));
}

void enter_with_range(Step& step, std::uint32_t first, std::uint32_t many) {
  const auto users = subordinate_range(step, Side::users, many);
  const auto groups = subordinate_range(step, Side::groups, many);
  enter_with_maps(step, {{0, getuid()}, {first, users.start, many}},
                  {{0, getgid()}, {first, groups.start, many}});
}

std::string name_of(uid_t user) {
  const passwd* entry = getpwuid(user);
  return entry != nullptr ? entry->pw_name : std::to_string(user);
}

}  // namespace kerneltour::lesson
