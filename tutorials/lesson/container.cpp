#include "lesson/container.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <set>

#include "host/cgroup.hpp"
#include "host/mounts.hpp"
#include "lesson/control_group.hpp"
#include "lesson/reporter.hpp"
#include "posix/error.hpp"
#include "posix/fd.hpp"
#include "posix/file.hpp"
#include "posix/shell.hpp"
#include "posix/text.hpp"

namespace kerneltour::lesson {
namespace {

using namespace std::chrono_literals;

/// Longer than any of LXC's commands takes on a slow machine.
constexpr auto patience = 60s;

constexpr std::string_view payload = "lxc.payload.";

std::string full_path(const std::string& program) { return "/usr/bin/" + program; }

void mount_or_throw(const char* source, const std::string& target, const char* type, unsigned long flags,
                    const char* data) {
  if (mount(source, target.c_str(), type, flags, data) != 0)
    throw posix::SystemError("cannot mount at " + target, errno);
}

/// What is mounted from here on, nobody outside of the step sees, and it ends with the step. LXC keeps its
/// locks below /run/lxc, and never removes them.
void enter_own_mounts(const std::string& place) {
  if (unshare(CLONE_NEWNS) != 0) throw posix::SystemError("cannot make a mount namespace", errno);
  mount_or_throw(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  mount_or_throw("kerneltour", place, "tmpfs", 0, "mode=0755");
  mount_or_throw("kerneltour", "/run", "tmpfs", 0, "mode=0755");
}

void write_file(const std::string& path, std::string_view text) {
  const posix::Fd file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file || write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    throw posix::SystemError("cannot write " + path, errno);
}

std::vector<std::string> words_in(const std::string& path) {
  const auto read = posix::read_file(AT_FDCWD, path.c_str());
  const auto words = posix::words(read.text);
  return {words.begin(), words.end()};
}

bool is_mounted_apart(const char* path) {
  struct stat root {};
  struct stat there {};
  return stat("/", &root) == 0 && stat(path, &there) == 0 && root.st_dev != there.st_dev;
}

/// The settings of lxc.container.conf(5).
std::string settings_of(const std::string& name, const std::string& init) {
  auto text = fmt::format(
      "lxc.uts.name = web\n"
      "lxc.net.0.type = empty\n"
      "lxc.net.0.flags = up\n"
      "lxc.apparmor.profile = unconfined\n"
      "lxc.mount.auto = proc:mixed sys:ro\n"
      "lxc.mount.entry = tmpfs run tmpfs mode=755 0 0\n"
      "lxc.cgroup.dir.monitor.pivot = lxc.pivot.{}\n"
      "lxc.init.cmd = {}\n",
      name, init);
  // The overlay has the root's own file system, and nothing that is mounted on it.
  if (is_mounted_apart("/usr")) text += "lxc.mount.entry = /usr usr none bind,ro 0 0\n";
  return text;
}

/// Becomes lxc-start in the foreground, and so the parent of the container's first process, which LXC lets
/// die with it (lxc.monitor.signal.pdeath). We die with the step.
void become_lxc_start(const std::vector<std::string>& command, const std::string& log) {
  const posix::Fd file(open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  dup2(file.get(), STDOUT_FILENO);
  dup2(file.get(), STDERR_FILENO);
  std::vector<char*> words;
  for (const auto& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  std::string locale = "LC_ALL=C.UTF-8";
  std::string path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
  std::array<char*, 3> environment{locale.data(), path.data(), nullptr};
  execve(words[0], words.data(), environment.data());
}

/// The places where LXC makes control groups: the top of each hierarchy, and `lxc` in it (LXC 3).
std::vector<std::string> places_of_lxc() {
  std::vector<std::string> places;
  const auto mounts = posix::read_file(AT_FDCWD, "/proc/self/mountinfo");
  for (const auto& mount : host::parse_mountinfo(mounts.text)) {
    if (mount.type != "cgroup" && mount.type != "cgroup2") continue;
    places.push_back(mount.point);
    places.push_back(mount.point + "/lxc");
  }
  return places;
}

/// "web" for lxc.payload.web and the two groups of LXC's own process beside it.
std::string_view container_of(std::string_view group) {
  for (const std::string_view prefix :
       {payload, std::string_view("lxc.monitor."), std::string_view("lxc.pivot.")})
    if (group.starts_with(prefix)) return group.substr(prefix.size());
  return group;
}

/// Ends the processes in the groups of the containers that `which` says, removes the groups, and names the
/// containers.
template <typename Which>
std::vector<std::string> remove_groups(const Which& which) {
  std::set<std::string> names;
  for (const auto& place : places_of_lxc()) {
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(place, none)) {
      const auto group = entry.path().filename().string();
      const bool of_lxc = group.starts_with("lxc.") || place.ends_with("/lxc");
      const std::string name(container_of(group));
      if (!of_lxc || !which(name) || access(entry.path().c_str(), W_OK) != 0) continue;
      end_group(entry.path().string());
      if (access(entry.path().c_str(), F_OK) != 0) names.insert(name);
    }
  }
  return {names.begin(), names.end()};
}

/// Whether a container runs at the top, which then has what LXC made it hand on.
bool has_containers(const std::string& top) {
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(top, none))
    if (entry.path().filename().string().starts_with(payload)) return true;
  return false;
}

std::string handed_on() {
  const auto top = top_control_group();
  return top.empty() ? top : top + "/cgroup.subtree_control";
}

std::string note_in(const std::string& directory) { return directory + "/handed-on"; }

/// For hand_back(), in a file that outlives the step where it is killed.
void note_handed_on(const std::string& directory) {
  if (const auto file = handed_on(); !file.empty())
    write_file(note_in(directory), fmt::format("{}\n", fmt::join(words_in(file), " ")));
}

}  // namespace

Container::Container(Step& step, std::string_view name, Commands commands)
    : step_(step), commands_(commands), name_(fmt::format("kerneltour-{}-{}", getpid(), name)) {
  note_handed_on(place_.path());
  enter_own_mounts(place_.path());
  if (mkdir((place_.path() + "/changes").c_str(), 0755) != 0)
    throw posix::SystemError("cannot make a directory in " + place_.path(), errno);
}

Container::~Container() {
  if (init_ > 0) run_program(command("lxc-stop", {"-k"}), patience);
  if (starter_) starter_->end();
  if (created_) run_program(command("lxc-destroy", {}), patience);
  remove_groups([&](const std::string& name) { return name == name_; });
  umount2(place_.path().c_str(), MNT_DETACH);
  hand_back(place_.path());
}

void Container::put(const std::string& path, std::string_view text) const {
  const auto full = place_.path() + "/changes" + path;
  std::filesystem::create_directories(std::filesystem::path(full).parent_path());
  write_file(full, text);
}

void Container::create(const std::string& init) {
  const auto settings = place_.path() + "/settings";
  const auto text = settings_of(name_, init);
  write_file(settings, text);
  show("cat " + settings, text);
  created_ = true;
  run(command("lxc-create", {"-t", "none", "-f", settings}), commands_ == Commands::shown);
}

void Container::start() {
  // An overlay is no path that lxc-create finds, and so it is said here. Its changes cannot be on the file
  // system whose root is below: it would be in itself.
  const auto started =
      command("lxc-start", {"-F", "-s", fmt::format("lxc.rootfs.path=overlay:/:{}/changes", place_.path())});
  const auto log = place_.path() + "/log";
  starter_.emplace([&](Channel&) { become_lxc_start(started, log); });
  const auto waited = run_program(command("lxc-wait", {"-s", "RUNNING", "-t", "30"}), patience);
  const auto first = run_program(command("lxc-info", {"-p", "-H"}), patience);
  const auto pid = posix::parse_number<unsigned>(posix::trim(first.output));
  const auto said = posix::read_file(AT_FDCWD, log.c_str()).text;
  show(typed(started) + " &", said);
  if (waited.status != 0 || !pid) {
    step_.expect(false, "LXC starts the container", posix::trim(said));
    throw StepEnds{};
  }
  init_ = static_cast<pid_t>(*pid);
}

void Container::remove() {
  const bool shown = commands_ == Commands::shown;
  run(command("lxc-stop", {"-k"}), shown);
  init_ = 0;
  if (starter_) starter_->wait();
  starter_.reset();
  run(command("lxc-destroy", {}), shown);
  created_ = false;
}

std::vector<std::string> Container::command(const std::string& program,
                                            const std::vector<std::string>& words) const {
  std::vector<std::string> command = {full_path(program), "-P", place_.path(), "-n", name_};
  command.insert(command.end(), words.begin(), words.end());
  return command;
}

std::string Container::lxc(const std::string& program, const std::vector<std::string>& words) const {
  return run(command(program, words), true);
}

void Container::show(const std::string& command, std::string_view output) const {
  if (commands_ == Commands::shown) step_.output(command, output);
}

std::string Container::run(const std::vector<std::string>& command, bool shown) const {
  auto ran = run_program(command, patience);
  if (shown || ran.status != 0) step_.output(typed(command), ran.output);
  if (ran.status != 0) {
    step_.expect(false, "LXC's command succeeds", fmt::format("status {}", ran.status));
    throw StepEnds{};
  }
  return std::move(ran.output);
}

std::string Container::group() const {
  const auto file = fmt::format("/proc/{}/cgroup", init_);
  const auto own = host::parse_own_cgroup(posix::read_file(AT_FDCWD, file.c_str()).text);
  const auto top = top_control_group();
  return top.empty() || own.empty() ? std::string() : top + own;
}

std::string typed(const std::vector<std::string>& command) {
  std::string text;
  for (const auto& word : command)
    text += text.empty() ? std::filesystem::path(word).filename().string() : " " + posix::shell_quoted(word);
  return text;
}

void hand_back(const std::string& directory) {
  const auto file = handed_on();
  if (file.empty() || access(note_in(directory).c_str(), R_OK) != 0) return;
  if (has_containers(top_control_group())) return;
  const auto before = words_in(note_in(directory));
  for (const auto& controller : words_in(file))
    if (std::find(before.begin(), before.end(), controller) == before.end())
      write_control(file, "-" + controller);
}

std::vector<std::string> remove_left_containers() {
  if (geteuid() != 0) return {};
  auto names = remove_groups([](const std::string& name) { return is_left(name); });
  for (auto& name : names) name.insert(0, "the container ");
  return names;
}

}  // namespace kerneltour::lesson
