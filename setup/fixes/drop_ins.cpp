#include "fixes/drop_ins.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "fixes/grub_update.hpp"
#include "host/grub.hpp"
#include "host/grub_menu.hpp"
#include "host/host.hpp"
#include "posix/error.hpp"
#include "posix/fd.hpp"
#include "posix/file.hpp"
#include "posix/program.hpp"
#include "posix/text.hpp"

namespace kerneltour::fixes {
namespace {

constexpr const char* apparmor_parser = "/sbin/apparmor_parser";
constexpr const char* apparmor_remove = "/sys/kernel/security/apparmor/.remove";
constexpr std::string_view before_mark = "# kerneltour: before it was ";
constexpr std::string_view word_mark = "# kerneltour: ";

std::string text_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

Change change_with(const Kind& kind, std::string summary, const std::string& path, const std::string& text) {
  Change change;
  change.kind = kind.name;
  change.summary = std::move(summary);
  change.edits = {write_file(path, text)};
  return change;
}

std::string no_obstacle(const Change&) { return {}; }

bool is_there(const Change& change) { return access(change.edits.at(0).path.c_str(), F_OK) == 0; }

/// "/proc/sys/user/max_user_namespaces"
std::string sysctl_path(std::string name) {
  std::replace(name.begin(), name.end(), '.', '/');
  return "/proc/sys/" + name;
}

void write_to_kernel(const std::string& path, const std::string& value) {
  const posix::Fd file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file || write(file.get(), value.data(), value.size()) < 0)
    throw posix::SystemError(fmt::format("cannot write '{}' to {}", value, path), errno);
}

/// The last line that is no comment: "user.max_user_namespaces = 15000".
SysctlBefore setting_in(const std::string& text) {
  SysctlBefore setting;
  std::string_view rest = text;
  while (!rest.empty()) {
    auto line = posix::take_line(rest);
    if (line.starts_with('#')) continue;
    setting.name = posix::trim(posix::take_field(line, '='));
    setting.value = posix::trim(line);
  }
  return setting;
}

void announce_sysctl(const Change& change) {
  const auto& text = change.edits.at(0).after.text;
  const auto setting = is_there(change) ? setting_in(text) : parse_sysctl_before(text);
  write_to_kernel(sysctl_path(setting.name), setting.value);
}

/// "kerneltour" of "profile kerneltour /usr/... {"
std::string profile_name(const std::string& text) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto words = posix::words(posix::take_line(rest));
    if (words.size() >= 2 && words[0] == "profile") return std::string(words[1]);
  }
  throw std::runtime_error("there is no profile in the file");
}

/// A profile that is not loaded is none to take away.
void unload_profile(const std::string& name) {
  try {
    write_to_kernel(apparmor_remove, name);
  } catch (const posix::SystemError& error) {
    if (error.error() != ENOENT) throw;
  }
}

void announce_profile(const Change& change) {
  const auto& edit = change.edits.at(0);
  if (is_there(change)) return posix::have_run({apparmor_parser, "-r", edit.path});
  unload_profile(profile_name(edit.after.text));
}

/// The word that a file of ours is for, which stands in its first line.
std::string word_of(const std::string& text) {
  std::string_view rest = text;
  auto line = posix::take_line(rest);
  if (!line.starts_with(word_mark)) throw std::runtime_error("the file is none of kerneltour's");
  line.remove_prefix(word_mark.size());
  return std::string(line);
}

void announce_parameter(const Change& change) {
  if (!has_update_grub() && !is_there(change)) return;  // GRUB has gone meanwhile, and its menu with it
  have_updated_grub();
  if (!is_there(change)) return;
  const auto problem = boot_parameter_problem(grub_menu_text(), word_of(change.edits.at(0).after.text));
  if (!problem.empty()) throw std::runtime_error(problem);
}

std::string parameter_text(const std::string& word, const std::vector<std::string>& lines) {
  return fmt::format("{}{}\n{}", word_mark, word, text_of(lines));
}

bool is_younger_than_this_boot(const std::string& path) {
  struct stat file {};
  timespec now{};
  timespec up{};
  if (stat(path.c_str(), &file) != 0) return false;
  clock_gettime(CLOCK_REALTIME, &now);
  clock_gettime(CLOCK_BOOTTIME, &up);
  return file.st_mtim.tv_sec >= now.tv_sec - up.tv_sec;
}

/// The kernel takes '-' and '_' in a parameter's name for the same (kernel/params.c: dash2underscore).
std::string name_in(std::string_view word) {
  std::string name(word.substr(0, word.find('=')));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

/// "cgroup_disable=memory,pressure" has the item pressure.
bool lists(std::string_view word, std::string_view item) {
  auto value = word.substr(std::min(word.find('=') + 1, word.size()));
  const auto items = posix::fields(value, ',');
  return std::find(items.begin(), items.end(), item) != items.end();
}

}  // namespace

const Kind sysctl_setting = {
    "sysctl", nullptr, no_obstacle, "The setting is then what it was before.", announce_sysctl,
};

const Kind apparmor_profile = {
    "apparmor-profile", nullptr,
    no_obstacle,        "What kerneltour's programs may do is then what AppArmor lets any program do.",
    announce_profile,
};

const Kind boot_parameter = {
    "boot-parameter", lock_grub, no_obstacle, "In force from the next boot.", announce_parameter,
};

Change set_sysctl(const std::string& name, const std::string& path, const std::vector<std::string>& lines) {
  const auto now = posix::read_file(AT_FDCWD, sysctl_path(name).c_str());
  if (!now.ok()) throw std::runtime_error(fmt::format("cannot read {}: {}", sysctl_path(name), now.failure));
  const auto text = fmt::format("{}{}\n{}", before_mark, posix::trim(now.text), text_of(lines));
  return change_with(sysctl_setting, fmt::format("{}, now and at every boot", lines.back()), path, text);
}

Change load_apparmor_profile(const std::string& path, const std::vector<std::string>& lines) {
  return change_with(apparmor_profile, "kerneltour's own programs may create user namespaces", path,
                     text_of(lines));
}

Change set_boot_parameter(const std::string& word, const std::string& path,
                          const std::vector<std::string>& lines) {
  const auto summary = word.starts_with('-')
                           ? fmt::format("{} is off the kernel's command line", word.substr(1))
                           : fmt::format("{} is on the kernel's command line", word);
  return change_with(boot_parameter, summary, path, parameter_text(word, lines));
}

bool is_set_for_next_boot(const std::string& word, const std::string& path,
                          const std::vector<std::string>& lines, const char* menu_path) {
  if (!is_younger_than_this_boot(path) && !is_younger_than_this_boot(menu_path)) return false;
  if (host::Host::running().read(path).text != parameter_text(word, lines)) return false;
  const auto menu = host::Host::running().read(menu_path);
  return !menu.ok() || boot_parameter_problem(menu.text, word).empty();
}

std::string boot_parameter_problem(const std::string& menu, const std::string& word) {
  const auto entry = host::parse_grub_cfg(menu);
  if (!entry) return "the menu that update-grub made has no kernel in it";
  const bool unwanted = word.starts_with('-');
  const auto wanted = std::string_view(word).substr(unwanted ? 1 : 0);
  std::string_view last;
  bool listed = false;
  for (const auto other : posix::words(entry->command_line)) {
    if (name_in(other) != name_in(wanted)) continue;
    last = other;
    listed = listed || lists(other, wanted.substr(std::min(wanted.find('=') + 1, wanted.size())));
  }
  if (unwanted)
    return listed ? fmt::format("the menu that update-grub made still has {}: something else sets it", wanted)
                  : "";
  if (last == wanted) return {};
  return fmt::format(
      "the menu that update-grub made says {}: something else has the last word, see /etc/default/grub "
      "and /etc/default/grub.d",
      last.empty() ? fmt::format("nothing about {}", name_in(wanted)) : fmt::format("'{}'", last));
}

SysctlBefore parse_sysctl_before(const std::string& text) {
  auto setting = setting_in(text);
  std::string_view rest = text;
  const auto line = posix::take_line(rest);
  if (!line.starts_with(before_mark) || setting.name.empty())
    throw std::runtime_error("the file does not say what the setting was before");
  setting.value = line.substr(before_mark.size());
  return setting;
}

}  // namespace kerneltour::fixes
