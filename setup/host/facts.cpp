#include "host/facts.hpp"

#include <sys/stat.h>
#include <sys/utsname.h>

#include <array>

#include "host/grub.hpp"
#include "host/installed_kernels.hpp"
#include "host/mounts.hpp"
#include "host/status_overrides.hpp"
#include "posix/text.hpp"

namespace kerneltour::host {
namespace {

constexpr const char* grub_cfg = "/boot/grub/grub.cfg";

/// The text of a file, empty where there is none: where "missing" and "empty" are the same fact.
std::string text_of(const Host& host, const std::string& path) { return host.read(path).text; }

bool is_regular_file(const Host& host, const std::string& path) {
  const auto status = host.status(path);
  return status && S_ISREG(status->mode);
}

std::optional<GrubEntry> first_grub_entry(const Host& host) {
  return parse_grub_cfg(text_of(host, grub_cfg));
}

bool set_release(Facts& facts, std::string_view text, std::string source) {
  facts.release = parse_kernel_release(text);
  if (facts.release) facts.release_source = std::move(source);
  return facts.release.has_value();
}

/// Of a root that is not running: the kernel that it would boot.
void read_installed_release(const Host& host, Facts& facts) {
  const std::string running = "/proc/sys/kernel/osrelease";
  if (set_release(facts, text_of(host, running), running)) return;
  const auto entry = first_grub_entry(host);
  if (entry && set_release(facts, entry->release, grub_cfg)) return;
  if (auto newest = newest_kernel(host)) {
    facts.release = std::move(newest->release);
    facts.release_source = std::move(newest->path);
  }
}

void read_release(const Host& host, const OtherKernel& other, Facts& facts) {
  if (other.given()) {
    if (other.release) set_release(facts, *other.release, "--release");
  } else if (host.live()) {
    utsname name;
    if (uname(&name) == 0) set_release(facts, name.release, "uname(2)");
  } else {
    read_installed_release(host, facts);
  }
}

void read_boot_parameters(const Host& host, const OtherKernel& other, Facts& facts) {
  const auto set = [&](std::string_view command_line, std::string source) {
    facts.boot_parameters = BootParameters::parse(command_line);
    facts.boot_parameters_source = std::move(source);
  };
  if (other.command_line) return set(*other.command_line, "--cmdline");
  const std::string running = "/proc/cmdline";
  if (!other.given()) {
    if (const auto file = host.read(running); file.ok()) return set(file.text, running);
  }
  if (facts.live) return;  // what GRUB would do next time says nothing of this boot
  if (const auto entry = first_grub_entry(host)) set(entry->command_line, grub_cfg);
}

void read_config(const Host& host, const OtherKernel& other, Facts& facts) {
  if (other.config_bytes) {
    facts.config = read_kernel_config(*other.config_bytes, other.config_path.value_or("--config"));
  } else if (facts.release || !other.given()) {
    facts.config =
        find_kernel_config(host, facts.release ? facts.release->text : std::string(), !other.given());
  }
}

std::map<std::string, std::optional<Pressure>> read_pressure(const Host& host) {
  const std::string directory = "/proc/pressure";
  std::map<std::string, std::optional<Pressure>> pressure;
  for (const std::string& name : host.list(directory)) {
    const auto file = host.read(directory + "/" + name);
    pressure[name] = file.ok() ? parse_pressure(file.text) : std::nullopt;
  }
  return pressure;
}

ModuleState read_veth(const Host& host, const OtherKernel& other, const Facts& facts) {
  const auto& config = facts.config.config;
  if (config && config->state("CONFIG_VETH") == ConfigState::built_in) return ModuleState::loaded;
  const std::string release = facts.release ? facts.release->text : std::string();
  return find_module(host, release, "veth", !other.given());
}

/// What only the kernel that is judged can say.
void read_kernel(const Host& host, const OtherKernel& other, Facts& facts) {
  read_release(host, other, facts);
  read_boot_parameters(host, other, facts);
  read_config(host, other, facts);
  facts.sysctls = read_sysctls(host, !other.given());
  facts.veth = read_veth(host, other, facts);
  if (other.given()) return;
  facts.pressure = read_pressure(host);
  facts.security_modules = read_security_modules(host);
}

/// What holds for the process that asks, and for one in a captured /proc below another root.
void read_process(const Host& host, const OtherKernel& other, Facts& facts) {
  const std::string release = facts.release ? facts.release->text : std::string();
  const auto mounts = parse_mountinfo(text_of(host, "/proc/self/mountinfo"));
  facts.confinement = read_confinement(host, release, mounts);
  if (!other.given()) {
    facts.cgroups = read_cgroups(host, mounts);
  } else if (host.live()) {
    const Confinement ours = std::move(facts.confinement);
    facts.confinement = {};
    facts.confinement.wsl = ours.wsl;
    facts.confinement.wsl_evidence = ours.wsl_evidence;
  }
}

std::string running_architecture() {
  utsname name;
  return uname(&name) == 0 ? name.machine : "";
}

/// From the directory of the C library: dpkg's own database is megabytes long.
std::string installed_architecture(const Host& host) {
  struct Place {
    const char* directory;
    const char* machine;
  };
  // A 64-bit system may have the libraries of the 32-bit one too: they come last.
  constexpr auto places = std::to_array<Place>({
      {"/usr/lib/x86_64-linux-gnu", "x86_64"},
      {"/usr/lib/aarch64-linux-gnu", "aarch64"},
      {"/usr/lib/riscv64-linux-gnu", "riscv64"},
      {"/usr/lib/powerpc64le-linux-gnu", "ppc64le"},
      {"/usr/lib/s390x-linux-gnu", "s390x"},
      {"/usr/lib/arm-linux-gnueabihf", "armv7l"},
      {"/usr/lib/i386-linux-gnu", "i686"},
  });
  const std::string running(posix::trim(text_of(host, "/proc/sys/kernel/arch")));
  if (!running.empty()) return running;
  for (const auto& place : places) {
    if (host.exists(place.directory)) return place.machine;
  }
  return {};
}

OsRelease read_os_release(const Host& host) {
  for (const char* path : {"/etc/os-release", "/usr/lib/os-release"}) {
    if (const auto file = host.read(path); file.ok()) return parse_os_release(file.text);
  }
  return {};
}

bool init_is_systemd(const Host& host) {
  if (host.exists("/run/systemd/system")) return true;  // sd_booted(3)
  if (host.live()) return false;
  const std::string init = "/sbin/init";
  if (host.read_link(init).value_or("").ends_with("/systemd/systemd")) return true;
  const auto first = host.status(init);
  for (const char* path : {"/usr/lib/systemd/systemd", "/lib/systemd/systemd"}) {
    const auto systemd = host.status(path);
    if (first && systemd && first->device == systemd->device && first->inode == systemd->inode) return true;
  }
  return false;
}

void read_system(const Host& host, Facts& facts) {
  facts.os = read_os_release(host);
  facts.architecture = host.live() ? running_architecture() : installed_architecture(host);
  facts.systemd = init_is_systemd(host);
  const bool grub =
      is_regular_file(host, "/usr/sbin/update-grub") || is_regular_file(host, "/sbin/update-grub");
  facts.boot_loader = grub ? BootLoader::grub : BootLoader::none;
  facts.apparmor_userns_profile = host.exists("/etc/apparmor.d/unprivileged_userns") &&
                                  !host.exists("/etc/apparmor.d/disable/unprivileged_userns");
}

SubordinateSide read_subordinate_side(const Host& host, std::string path, SubordinateDefaults defaults) {
  SubordinateSide side{std::move(path), {}, defaults};
  const auto text = host.read(side.path);
  if (text.ok()) {
    side.file = parse_subordinate_ids(text.text);
  } else if (host.exists(side.path)) {
    side.file.exists = true;
    side.file.failure = text.failure;
  }
  return side;
}

void read_ids(const Host& host, Facts& facts) {
  const std::string login_defs = text_of(host, "/etc/login.defs");
  facts.subuid = read_subordinate_side(host, "/etc/subuid", parse_login_defs(login_defs, "UID"));
  facts.subgid = read_subordinate_side(host, "/etc/subgid", parse_login_defs(login_defs, "GID"));
  facts.subordinate_services = subordinate_id_services(text_of(host, "/etc/nsswitch.conf"));
  facts.users = parse_passwd(text_of(host, "/etc/passwd"));
  facts.groups = parse_group(text_of(host, "/etc/group"));
}

void read_programs(const Host& host, std::span<const std::string_view> names, Facts& facts) {
  for (const std::string_view name : names) {
    if (auto program = find_program(host, std::string(name)))
      facts.programs.emplace(name, std::move(*program));
  }
  facts.status_overrides = parse_status_overrides(text_of(host, "/var/lib/dpkg/statoverride"));
}

}  // namespace

Facts read_facts(const Host& host, std::span<const std::string_view> programs, const OtherKernel& other) {
  Facts facts;
  facts.live = host.live() && !other.given();
  read_kernel(host, other, facts);
  read_process(host, other, facts);
  read_system(host, facts);
  read_ids(host, facts);
  read_programs(host, programs, facts);
  return facts;
}

}  // namespace kerneltour::host
