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

#include "host/cgroup.hpp"
#include "host/host.hpp"
#include "lesson/leftovers.hpp"
#include "posix/error.hpp"
#include "posix/fd.hpp"
#include "posix/file.hpp"
#include "posix/text.hpp"

namespace kerneltour::lesson {
namespace {

using namespace std::chrono_literals;

host::Cgroups cgroups_of_host() {
  const auto host = host::Host::running();
  return host::read_cgroups(host, host::parse_mountinfo(host.read("/proc/self/mountinfo").text));
}

void kill_all(const std::string& path) {
  if (write_control(path + "/cgroup.kill", "1") >= 0) return;  // Linux 5.14
  const auto processes = posix::read_file(AT_FDCWD, (path + "/cgroup.procs").c_str());
  for (const auto word : posix::words(processes.text))
    if (const auto pid = posix::parse_number<unsigned>(word)) kill(static_cast<pid_t>(*pid), SIGKILL);
}

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
  if (write_control(file("cgroup.procs"), std::to_string(process)) < 0)
    throw posix::SystemError("cannot move a process into " + path_, errno);
}

void ControlGroup::set(Step& step, std::string_view name, std::string_view value) const {
  step.works(write_control(file(name), value), "write({}, \"{}\")", file(name), value);
}

std::string ControlGroup::get(std::string_view name) const {
  auto read = posix::read_file(AT_FDCWD, file(name).c_str());
  if (!read.ok()) throw posix::SystemError("cannot read " + file(name), read.error);
  return std::string(posix::trim(read.text));
}

unsigned long long ControlGroup::number(std::string_view name, std::string_view key) const {
  const auto text = get(name);
  const auto words = posix::words(text);
  const auto found = std::find(words.begin(), words.end(), key);
  if (found == words.end() || found + 1 == words.end()) return 0;
  return posix::parse_number<unsigned long long>(found[1]).value_or(0);
}

void end_group(const std::string& path) {
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(path, none))
    if (entry.is_directory(none)) end_group(entry.path().string());
  for (int tries = 0; rmdir(path.c_str()) != 0 && errno == EBUSY && tries < 200; ++tries) {
    kill_all(path);
    std::this_thread::sleep_for(5ms);
  }
}

long write_control(const std::string& path, std::string_view value) {
  const posix::Fd file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return file ? write(file.get(), value.data(), value.size()) : -1;
}

std::string top_control_group() { return cgroups_of_host().v2_point; }

std::string own_control_group() { return cgroups_of_host().own_directory; }

std::vector<std::string> remove_left_control_groups() {
  std::vector<std::string> removed;
  std::error_code none;
  for (const auto& place : {top_control_group(), own_control_group()}) {
    if (place.empty()) continue;
    for (const auto& entry : std::filesystem::directory_iterator(place, none)) {
      const auto path = entry.path().string();
      if (!is_left(entry.path().filename().string()) || access(path.c_str(), W_OK) != 0) continue;
      end_group(path);
      if (access(path.c_str(), F_OK) != 0) removed.push_back(path);
    }
  }
  return removed;
}

}  // namespace kerneltour::lesson
