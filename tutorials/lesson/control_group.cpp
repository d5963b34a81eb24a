#include "lesson/control_group.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>
#include <utility>

#include "chapters/header.hpp"
#include "host/cgroup.hpp"
#include "host/host.hpp"
#include "lesson/leftovers.hpp"
#include "lesson/process.hpp"
#include "lesson/texts.hpp"
#include "posix/error.hpp"
#include "posix/fd.hpp"
#include "posix/file.hpp"
#include "posix/text.hpp"

namespace kerneltour::lesson {
namespace {

using namespace std::chrono_literals;

/// What the lessons set; a delegated group hands on no other.
constexpr std::string_view controllers[] = {"cpu", "memory", "io"};

host::Cgroups cgroups_of_host() {
  const auto host = host::Host::running();
  return host::read_cgroups(host, host::parse_mountinfo(host.read("/proc/self/mountinfo").text));
}

/// Our own group's directory. The path in /proc/self/cgroup begins with a slash, and is one at the top.
std::string directory_of_own(const host::Cgroups& cgroups) {
  if (cgroups.v2_point.empty() || cgroups.own.empty()) return {};
  return cgroups.own == "/" ? cgroups.v2_point : cgroups.v2_point + cgroups.own;
}

/// One write(2), as the kernel takes it; -1 and errno where it refuses.
long write_value(const std::string& path, std::string_view value) {
  const posix::Fd file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return file ? write(file.get(), value.data(), value.size()) : -1;
}

std::vector<std::string> words_in(const std::string& path) {
  const auto file = posix::read_file(AT_FDCWD, path.c_str());
  std::vector<std::string> found;
  for (const auto word : posix::words(file.text)) found.emplace_back(word);
  return found;
}

/// The message bus of who we are: the system's for root, the session manager's for others.
std::string bus() {
  if (geteuid() == 0) return "unix:path=/run/dbus/system_bus_socket";
  return fmt::format("unix:path=/run/user/{}/bus", geteuid());
}

bool is_there(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

/// Waits until this process is in the group of that name, which systemd moves it to. Its directory; empty
/// where that does not come.
std::string wait_for_group(const std::string& name) {
  for (const auto end = std::chrono::steady_clock::now() + 5s; std::chrono::steady_clock::now() < end;) {
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
  if (!is_there("/run/systemd/system") || !is_there(program)) return {};  // sd_booted(3)
  const auto name = fmt::format("kerneltour-{}.scope", getpid());
  const auto asked = run_program({program,
                                  "--address=" + bus(),
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
                                  "0"});
  return asked.status == 0 ? wait_for_group(name) : std::string();
}

/// Leaves `scope` free of processes, as a group that hands controllers on has to be (cgroups(7), "no
/// internal processes"), and hands on what it has.
void delegate_within(const std::string& scope) {
  const auto own = scope + "/step";
  if (mkdir(own.c_str(), 0755) != 0 || write_value(own + "/cgroup.procs", "0") < 0) return;
  for (const auto controller : controllers)
    write_value(scope + "/cgroup.subtree_control", fmt::format("+{}", controller));
}

/// Where this process may make groups; empty where it may not.
std::string find_place() {
  if (auto scope = scope_of_systemd(); !scope.empty()) {
    delegate_within(scope);
    return scope;
  }
  const auto cgroups = cgroups_of_host();
  if (cgroups.v2_point.empty() || cgroups.v2_read_only) return {};
  const auto place = geteuid() == 0 ? cgroups.v2_point : directory_of_own(cgroups);
  const bool ours = access(place.c_str(), W_OK) == 0 && access((place + "/cgroup.procs").c_str(), W_OK) == 0;
  return ours ? place : std::string();
}

/// The line that gets what a chapter needs or wants.
std::string remedy() {
  const auto parsed = chapters::parse_header(texts.id, texts.chapter);
  const auto* chapter = std::get_if<chapters::Chapter>(&parsed);
  return fmt::format("sudo kerneltour prepare --for {}", chapter ? chapter->number : 0);
}

/// Ends the processes in a group, and the groups below it, and removes it.
void end_group(const std::string& path) {
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(path, none))
    if (entry.is_directory(none)) end_group(entry.path().string());
  for (int tries = 0; rmdir(path.c_str()) != 0 && errno == EBUSY && tries < 200; ++tries) {
    if (write_value(path + "/cgroup.kill", "1") < 0)  // Linux 5.14
      for (const auto& pid : words_in(path + "/cgroup.procs"))
        kill(static_cast<pid_t>(std::stol(pid)), SIGKILL);
    std::this_thread::sleep_for(5ms);
  }
}

std::string name_for(std::string_view name) { return fmt::format("kerneltour-{}-{}", getpid(), name); }

}  // namespace

ControlGroup::ControlGroup(std::string path) : path_(std::move(path)) {
  if (mkdir(path_.c_str(), 0755) != 0)
    throw posix::SystemError("cannot make the control group " + path_, errno);
}

ControlGroup::ControlGroup(ControlGroup&& other) noexcept : path_(std::exchange(other.path_, {})) {}

ControlGroup::~ControlGroup() {
  if (!path_.empty()) end_group(path_);
}

void ControlGroup::take(pid_t process) const {
  if (write_value(file("cgroup.procs"), std::to_string(process)) < 0)
    throw posix::SystemError("cannot move a process into " + path_, errno);
}

void ControlGroup::set(Step& step, std::string_view name, std::string_view value) const {
  step.works(write_value(file(name), value), "write({}, \"{}\")", file(name), value);
}

std::string ControlGroup::get(std::string_view name) const {
  auto read = posix::read_file(AT_FDCWD, file(name).c_str());
  if (!read.ok()) throw posix::SystemError("cannot read " + file(name), read.error);
  return std::string(posix::trim(read.text));
}

ControlGroups::ControlGroups(std::string place)
    : place_(std::move(place)), controllers_(words_in(place_ + "/cgroup.subtree_control")) {}

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

std::string own_control_group() { return directory_of_own(cgroups_of_host()); }

std::vector<std::string> remove_left_control_groups() {
  std::vector<std::string> removed;
  const auto cgroups = cgroups_of_host();
  std::error_code none;
  for (const auto& place : {cgroups.v2_point, directory_of_own(cgroups)}) {
    if (place.empty()) continue;
    for (const auto& entry : std::filesystem::directory_iterator(place, none)) {
      const auto path = entry.path().string();
      if (!is_left(entry.path().filename().string()) || access(path.c_str(), W_OK) != 0) continue;
      end_group(path);
      if (!is_there(path)) removed.push_back(path);
    }
  }
  return removed;
}

}  // namespace kerneltour::lesson
