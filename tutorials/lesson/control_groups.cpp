#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "chapters/header.hpp"
#include "host/user_manager.hpp"
#include "lesson/control_group.hpp"
#include "lesson/process.hpp"
#include "lesson/texts.hpp"
#include "posix/error.hpp"
#include "posix/fd.hpp"
#include "posix/file.hpp"
#include "posix/text.hpp"
#include "probes/control_group.hpp"

namespace kerneltour::lesson {
namespace {

using namespace std::chrono_literals;

/// What the lessons set; a delegated group hands on no other.
constexpr std::string_view controllers[] = {"cpu", "memory", "io"};

/// Waits until this process is in the group of that name, which systemd moves it to. Its directory; empty
/// where that does not come.
std::string wait_for_group(const std::string& name) {
  for (const auto end = std::chrono::steady_clock::now() + 20s; std::chrono::steady_clock::now() < end;) {
    const auto own = own_control_group();
    if (own.ends_with("/" + name)) return own;
    std::this_thread::sleep_for(10ms);
  }
  return {};
}

/// Asks systemd for a scope around this process whose subtree is ours
/// (org.freedesktop.systemd1(5), StartTransientUnit). It ends when its last process does.
std::string scope_of_systemd() {
  constexpr const char* program = "/usr/bin/busctl";
  probes::LastCall last;
  if (!probes::manager_answers(last) || access(program, X_OK) != 0) return {};
  const auto name = fmt::format("kerneltour-{}.scope", getpid());
  const auto asked = run_program({program,
                                  "--address=unix:path=" + host::manager_sockets(geteuid()).bus,
                                  "call",
                                  "org.freedesktop.systemd1",
                                  "/org/freedesktop/systemd1",
                                  "org.freedesktop.systemd1.Manager",
                                  "StartTransientUnit",
                                  "ssa(sv)a(sa(sv))",
                                  name,
                                  "fail",
                                  "3",
                                  "PIDs",
                                  "au",
                                  "1",
                                  std::to_string(getpid()),
                                  "Delegate",
                                  "b",
                                  "true",
                                  "CollectMode",
                                  "s",
                                  "inactive-or-failed",
                                  "0"},
                                 30s);
  return asked.status == 0 ? wait_for_group(name) : std::string();
}

/// Leaves `scope` free of processes, as a group that hands controllers on has to be (cgroups(7), "no
/// internal processes"), and hands on what it has.
void delegate_within(const std::string& scope) {
  const auto own = scope + "/step";
  if (mkdir(own.c_str(), 0755) != 0 || write_control(own + "/cgroup.procs", "0") < 0) return;
  for (const auto controller : controllers)
    write_control(scope + "/cgroup.subtree_control", fmt::format("+{}", controller));
}

/// Where this process may make groups; empty where it may not. The feature `control-groups` asks the same.
std::string find_place() {
  if (auto scope = scope_of_systemd(); !scope.empty()) {
    delegate_within(scope);
    return scope;
  }
  probes::LastCall last;
  auto place = probes::group_directory();
  return probes::may_make_groups(last, place) ? place : std::string();
}

/// The line that gets what a chapter needs or wants.
std::string remedy() {
  const auto parsed = chapters::parse_header(texts.id, texts.chapter);
  const auto* chapter = std::get_if<chapters::Chapter>(&parsed);
  return fmt::format("sudo kerneltour prepare --for {}", chapter ? chapter->number : 0);
}

std::string name_for(std::string_view name) { return fmt::format("kerneltour-{}-{}", getpid(), name); }

}  // namespace

ControlGroups::ControlGroups(std::string place) : place_(std::move(place)) {
  const auto handed_on = posix::read_file(AT_FDCWD, (place_ + "/cgroup.subtree_control").c_str());
  for (const auto word : posix::words(handed_on.text)) controllers_.emplace_back(word);
}

ControlGroups::ControlGroups(Step& step) : ControlGroups(find_place()) {
  if (place_.empty())
    step.skip("control groups of our own: version 2 is not mounted, or no part of it is delegated to us",
              remedy());
}

std::optional<ControlGroups> ControlGroups::find() {
  auto place = find_place();
  if (place.empty()) return std::nullopt;
  return ControlGroups(std::move(place));
}

ControlGroup ControlGroups::make(std::string_view name) const {
  return ControlGroup(place_ + "/" + name_for(name));
}

bool ControlGroups::offers(std::string_view controller) const {
  return std::find(controllers_.begin(), controllers_.end(), controller) != controllers_.end();
}

void ControlGroups::need(Step& step, std::string_view controller) const {
  if (offers(controller)) return;
  step.skip(
      fmt::format("the {} controller in version 2: {}/cgroup.subtree_control has {}", controller, place_,
                  controllers_.empty() ? "none" : fmt::format("{}", fmt::join(controllers_, " "))),
      remedy());
}

}  // namespace kerneltour::lesson
