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
/// GRUB's default entry may be another one (grub.cfg asks grubenv), which no file tells surely.
constexpr const char* grub_entry = "/boot/grub/grub.cfg, first entry";

/// The text of a file, empty where there is none: where "missing" and "empty" are the same fact.
std::string text_of(const Host& host, const std::string& path) { return host.read(path).text; }

bool is_regular_file(const Host& host, const std::string& path) {
  const auto status = host.status(path);
  return status && S_ISREG(status->mode);
}

std::optional<GrubEntry> first_grub_entry(Reader& reader) {
  return parse_grub_cfg(reader.text(About::boot_parameters, grub_cfg));
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
  const auto entry = parse_grub_cfg(text_of(host, grub_cfg));
  if (entry && set_release(facts, entry->release, grub_entry)) return;
  if (auto newest = newest_kernel(host)) {
    facts.release = std::move(newest->release);
    facts.release_source = std::move(newest->path);
  }
}

void read_release(const Host& host, const OtherKernel& other, Facts& facts) {
  if (other.release) {
    set_release(facts, *other.release, "--release");
  } else if (!host.live()) {
    read_installed_release(host, facts);
  } else if (!other.other_build()) {
    utsname name;
    if (uname(&name) == 0) set_release(facts, name.release, "uname(2)");
  }
}

void read_boot_parameters(Reader& reader, const OtherKernel& other, Facts& facts) {
  const auto set = [&](std::string_view command_line, std::string source) {
    facts.boot_parameters = BootParameters::parse(command_line);
    facts.boot_parameters_source = std::move(source);
  };
  if (other.command_line) return set(*other.command_line, "--cmdline");
  const std::string running = "/proc/cmdline";
  if (!other.other_build()) {  // where only a command line is given, that has been taken
    const auto file = reader.read(About::boot_parameters, running);
    if (file.ok()) return set(file.text, running);
  }
  if (facts.live) return;  // what GRUB would do next time says nothing of this boot
  if (const auto entry = first_grub_entry(reader)) set(entry->command_line, grub_entry);
}

void read_config(const Host& host, const OtherKernel& other, Facts& facts) {
  if (other.config_bytes) {
    facts.config = read_kernel_config(*other.config_bytes, other.config_path.value_or("--config"));
  } else if (facts.release || !other.other_build()) {
    facts.config =
        find_kernel_config(host, facts.release ? facts.release->text : std::string(), !other.other_build());
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
  return find_module(host, release, "veth", !other.other_build());
}

/// The settings that the kernel starts with: it takes them from its command line since Linux 5.8.
Sysctls initial_sysctls(const Facts& facts) {
  const bool takes_them = !facts.release || facts.release->at_least({5, 8, 0});
  if (!facts.boot_parameters || !takes_them) return {};
  return boot_parameter_sysctls(*facts.boot_parameters, facts.boot_parameters_source);
}

/// What only the kernel that is judged can say.
void read_kernel(Reader& reader, const OtherKernel& other, Facts& facts) {
  const Host& host = reader.host();
  facts.proc = !other.given() && host.exists("/proc/self");
  read_release(host, other, facts);
  read_boot_parameters(reader, other, facts);
  read_config(host, other, facts);
  const bool current = !other.given() && host.exists("/proc/sys/kernel");
  facts.sysctls = current ? read_current_sysctls(reader)
                          : read_configured_sysctls(reader, facts.systemd, initial_sysctls(facts));
  facts.veth = read_veth(host, other, facts);
  if (other.given()) return;
  facts.pressure = read_pressure(host);
  facts.security_modules = read_security_modules(host);
}

/// What holds for the process that asks, and for one in a captured /proc below another root.
void read_process(Reader& reader, const OtherKernel& other, Facts& facts) {
  const Host& host = reader.host();
  const std::string release = facts.release ? facts.release->text : std::string();
  const auto mounts = parse_mountinfo(reader.text(About::mounts, "/proc/self/mountinfo"));
  if (!other.given()) facts.user_namespace = read_user_namespace(host);
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

/// Where one of the two files can be read, the other one does not count.
OsRelease read_os_release(Reader& reader) {
  constexpr std::array<const char*, 2> paths = {"/etc/os-release", "/usr/lib/os-release"};
  for (const char* path : paths) {
    if (const auto file = reader.host().read(path); file.ok()) return parse_os_release(file.text);
  }
  for (const char* path : paths) reader.read(About::distribution, path);
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

void read_system(Reader& reader, Facts& facts) {
  const Host& host = reader.host();
  facts.os = read_os_release(reader);
  facts.architecture = host.live() ? running_architecture() : installed_architecture(host);
  facts.systemd = init_is_systemd(host);
  facts.user_bus = host.exists("/usr/lib/systemd/user/dbus.socket");
  const bool grub =
      is_regular_file(host, "/usr/sbin/update-grub") || is_regular_file(host, "/sbin/update-grub");
  facts.boot_loader = grub ? BootLoader::grub : BootLoader::none;
  facts.apparmor_userns_profile = host.exists("/etc/apparmor.d/unprivileged_userns") &&
                                  !host.exists("/etc/apparmor.d/disable/unprivileged_userns");
}

SubordinateSide read_subordinate_side(Reader& reader, std::string path, SubordinateDefaults defaults) {
  SubordinateSide side{std::move(path), {}, defaults};
  const auto text = reader.read(About::ids, side.path);
  if (text.ok()) {
    side.file = parse_subordinate_ids(text.text);
  } else {
    side.file.exists = reader.host().exists(side.path);
  }
  return side;
}

void read_ids(Reader& reader, Facts& facts) {
  const std::string login_defs = text_of(reader.host(), "/etc/login.defs");
  facts.subuid = read_subordinate_side(reader, "/etc/subuid", parse_login_defs(login_defs, "UID"));
  facts.subgid = read_subordinate_side(reader, "/etc/subgid", parse_login_defs(login_defs, "GID"));
  const auto nsswitch = reader.text(About::ids, "/etc/nsswitch.conf");
  facts.subordinate_services = subordinate_id_services(nsswitch);
  facts.account_directory = has_account_directory(nsswitch);
  facts.users = parse_passwd(reader.text(About::ids, "/etc/passwd"));
  facts.groups = parse_group(reader.text(About::ids, "/etc/group"));
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
  Reader reader(host);
  read_system(reader, facts);
  read_kernel(reader, other, facts);
  read_process(reader, other, facts);
  read_ids(reader, facts);
  read_programs(host, programs, facts);
  facts.unreadable = reader.unreadable();
  return facts;
}

}  // namespace kerneltour::host
