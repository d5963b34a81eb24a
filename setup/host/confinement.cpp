#include "host/confinement.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "host/host.hpp"
#include "posix/text.hpp"

namespace kerneltour::host {
namespace {

/// Who made a container, and how that is known.
struct Maker {
  std::string name;
  std::string evidence;
};

/// A piece of text that only one maker's containers have in a file.
struct Trace {
  std::string_view text;
  std::string_view maker;
};

// Cgroup paths of each maker, as /proc/PID/cgroup has them where there is no cgroup namespace.
constexpr auto cgroup_traces = std::to_array<Trace>({
    {"kubepods", "kubernetes"},
    {"libpod-", "podman"},
    {"/docker/", "docker"},
    {"/docker-", "docker"},
    {"/lxc.payload", "lxc"},
    {"/lxc/", "lxc"},
});

// Where each maker keeps what a container's own mounts are made of: roots of bind mounts, layers of an
// overlay.
constexpr auto mount_traces = std::to_array<Trace>({
    {"/kubelet/pods/", "kubernetes"},
    {"/docker/containers/", "docker"},
    {"/docker/overlay2/", "docker"},
    {"/containers/storage/", "podman"},
});

// What an engine mounts in each container. Those elsewhere may be of containers that run beside us.
constexpr auto own_points =
    std::to_array<std::string_view>({"/", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf"});

bool contains_any_case(std::string_view text, std::string_view lower_case) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::search(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                     [&](char a, char b) { return lower(a) == b; }) != text.end();
}

/// A name that a file gave, where it can be one; "container" for anything else.
std::string sane(std::string_view name) {
  constexpr std::size_t longest = 32;
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  const bool ok = name.size() <= longest && name.find_first_not_of(allowed) == std::string_view::npos;
  return std::string(ok ? name : "container");
}

/// Written at boot by systemd inside a container (https://systemd.io/CONTAINER_INTERFACE), into a /run that
/// is made anew: it is older than no boot. "wsl" is no container.
std::optional<Maker> told_by_systemd(const Host& host) {
  const std::string path = "/run/systemd/container";
  const auto file = host.read(path);
  const auto name = posix::trim(file.text);
  if (name.empty() || name == "wsl") return std::nullopt;
  return Maker{sane(name), path + " says " + sane(name)};
}

/// Files that an engine puts into the root of its containers. They outlive the container in copies of it.
std::optional<Maker> told_by_marker(const Host& host) {
  for (const auto& [path, maker] : {Trace{"/.dockerenv", "docker"}, Trace{"/run/.containerenv", "podman"}}) {
    if (host.exists(std::string(path))) return Maker{std::string(maker), std::string(path) + " exists"};
  }
  return std::nullopt;
}

/// container=lxc among the variables that PID 1 was started with. Only root can read them.
std::optional<Maker> told_by_environment(const Host& host) {
  const std::string path = "/proc/1/environ";
  constexpr std::string_view variable = "container=";
  const auto file = host.read(path);
  for (std::string_view rest = file.text; !rest.empty();) {
    const auto entry = posix::take_field(rest, '\0');
    const auto name = entry.substr(std::min(variable.size(), entry.size()));
    if (!entry.starts_with(variable) || name.empty() || name == "wsl") continue;
    return Maker{sane(name), path + " has container=" + sane(name)};
  }
  return std::nullopt;
}

template <std::size_t n>
const Trace* find_trace(std::string_view text, const std::array<Trace, n>& traces) {
  const auto found = std::find_if(traces.begin(), traces.end(), [&](const Trace& trace) {
    return text.find(trace.text) != std::string_view::npos;
  });
  return found == traces.end() ? nullptr : &*found;
}

std::optional<Maker> told_by_cgroup(const Host& host) {
  const std::string path = "/proc/1/cgroup";
  const Trace* trace = find_trace(host.read(path).text, cgroup_traces);
  if (!trace) return std::nullopt;
  return Maker{std::string(trace->maker), path + " has " + std::string(trace->text)};
}

std::optional<Maker> told_by_mounts(const std::vector<Mount>& mounts) {
  const std::string path = "/proc/self/mountinfo";
  for (const Mount& mount : mounts) {
    // LXC lays files of LXCFS over some of /proc (lxcfs(1)); on the host they are elsewhere.
    if (mount.type == "fuse.lxcfs" && mount.point.starts_with("/proc/"))
      return Maker{"lxc", path + " has " + mount.type + " at " + mount.point};
    if (std::find(own_points.begin(), own_points.end(), mount.point) == own_points.end()) continue;
    const Trace* trace = find_trace(mount.root + " " + mount.super_options, mount_traces);
    if (trace)
      return Maker{std::string(trace->maker),
                   path + " has " + std::string(trace->text) + " at " + mount.point};
  }
  return std::nullopt;
}

std::optional<Maker> told_by_files(const Host& host) {
  if (auto maker = told_by_systemd(host)) return maker;
  return told_by_marker(host);
}

/// For a process in a PID namespace of its own: it is in a container, the question is whose.
Maker find_maker(const Host& host, const std::string& pid_namespace, const std::vector<Mount>& mounts) {
  if (auto maker = told_by_files(host)) return *maker;
  if (auto maker = told_by_environment(host)) return *maker;
  if (auto maker = told_by_cgroup(host)) return *maker;
  if (auto maker = told_by_mounts(mounts)) return *maker;
  return {"container", "/proc/self/ns/pid is " + pid_namespace + ", and the initial one is " +
                           std::string(initial_pid_namespace)};
}

const Mount* mount_at_root(const std::vector<Mount>& mounts) {
  const auto found =
      std::find_if(mounts.rbegin(), mounts.rend(), [](const Mount& m) { return m.point == "/"; });
  return found == mounts.rend() ? nullptr : &*found;
}

/// The mount with that ID: the same ID in the mounts of two processes is the same mount.
const Mount* find_mount(const std::vector<Mount>& mounts, unsigned id) {
  const auto found = std::find_if(mounts.begin(), mounts.end(), [&](const Mount& m) { return m.id == id; });
  return found == mounts.end() ? nullptr : &*found;
}

bool is_overlay(const Mount& mount) { return mount.type == "overlay" || mount.type == "fuse.fuse-overlayfs"; }

/// For a process whose PID namespace says nothing of a container: a marker file counts where "/" is an
/// overlay that is not PID 1's, as no live system or left-over marker has it.
std::optional<Maker> find_maker_despite_namespace(const Host& host, const std::vector<Mount>& mounts,
                                                  const std::vector<Mount>& of_init) {
  const Mount* root = mount_at_root(mounts);
  if (!root || !is_overlay(*root)) return std::nullopt;
  const Mount* same = find_mount(of_init, root->id);
  if (same && same->point == "/") return std::nullopt;
  auto maker = told_by_marker(host);
  if (maker) maker->evidence += ", / is an overlay";
  return maker;
}

/// In WSL 2, PID 1 of a distribution shares "/" with us, container or not: only Docker's own is told there.
std::optional<Maker> find_maker_on_wsl(const Host& host, const std::vector<Mount>& mounts) {
  if (auto maker = told_by_systemd(host)) return maker;
  return find_maker_despite_namespace(host, mounts, {});
}

std::optional<Maker> find_container(const Host& host, bool wsl, const std::vector<Mount>& mounts,
                                    const std::vector<Mount>& of_init) {
  const auto pid_namespace = host.read_link("/proc/self/ns/pid");
  if (wsl) return find_maker_on_wsl(host, mounts);
  if (!pid_namespace) return told_by_files(host);
  if (*pid_namespace == initial_pid_namespace) return find_maker_despite_namespace(host, mounts, of_init);
  return find_maker(host, *pid_namespace, mounts);
}

/// Empty where it is none.
std::string find_wsl(const Host& host, std::string_view release) {
  if (contains_any_case(release, "microsoft")) return "the kernel's release is " + std::string(release);
  for (const std::string path :
       {"/proc/sys/fs/binfmt_misc/WSLInterop", "/proc/sys/fs/binfmt_misc/WSLInterop-late"}) {
    if (host.exists(path)) return path + " exists";
  }
  return {};
}

/// Empty where we are in none. A process sees only the mounts below its own root, named from there on
/// (proc(5)), with their IDs unchanged.
std::string find_chroot(const std::vector<Mount>& mounts, const std::vector<Mount>& of_init) {
  if (mounts.empty()) return {};
  const Mount* root = mount_at_root(mounts);
  if (!root) return "/proc/self/mountinfo has no mount at /";
  const Mount* same = find_mount(of_init, root->id);
  if (!same || same->point == "/") return {};
  return "our / is " + same->point + " in /proc/1/mountinfo";
}

}  // namespace

std::string parse_status_field(std::string_view status, std::string_view field) {
  while (!status.empty()) {
    auto value = posix::take_line(status);
    if (posix::take_field(value, ':') == field) return std::string(posix::trim(value));
  }
  return {};
}

Confinement read_confinement(const Host& host, std::string_view release, const std::vector<Mount>& mounts) {
  const auto of_init = parse_mountinfo(host.read("/proc/1/mountinfo").text);
  Confinement confinement;
  confinement.wsl_evidence = find_wsl(host, release);
  confinement.wsl = !confinement.wsl_evidence.empty();
  if (auto maker = find_container(host, confinement.wsl, mounts, of_init)) {
    confinement.container = std::move(maker->name);
    confinement.container_evidence = std::move(maker->evidence);
  }
  confinement.chroot_evidence = find_chroot(mounts, of_init);
  confinement.chroot = !confinement.chroot_evidence.empty();
  confinement.seccomp_filter = parse_status_field(host.read("/proc/self/status").text, "Seccomp") == "2";
  return confinement;
}

}  // namespace kerneltour::host
