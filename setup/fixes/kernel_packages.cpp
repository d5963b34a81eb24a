#include "fixes/kernel_packages.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <filesystem>

#include "fixes/half_done_packages.hpp"
#include "fixes/kernel_leftovers.hpp"

namespace kerneltour::fixes {
namespace {

constexpr const char* kernels_directory = "/var/lib/kerneltour/kernels/";

std::string running_release() {
  utsname name;
  return uname(&name) == 0 ? name.release : "";
}

/// Whether there is another kernel's image in /boot.
bool is_last_kernel(const std::string& root, const std::string& release) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(root + "/boot", error), end; !error && entry != end;
       entry.increment(error)) {
    const auto name = entry->path().filename().string();
    if ((name.starts_with("vmlinuz-") || name.starts_with("vmlinux-")) && !name.ends_with("-" + release))
      return false;
  }
  return true;
}

/// Whether any package of the change is still there.
bool is_there(const Change& change, const Addition& kernel) {
  std::vector<std::string> names;
  for (const auto& package : kernel.packages) names.push_back(package.name);
  return !package_states(change.root, names).empty();
}

std::string obstacle(const Change& change) {
  const auto kernel = addition_of(change);
  if (change.root.empty() && kernel.purpose == running_release())
    return fmt::format("Linux {} runs, and a kernel is not removed from under a running system",
                       kernel.purpose);
  if (is_there(change, kernel) && is_last_kernel(change.root, kernel.purpose))
    return fmt::format(
        "Linux {} is the last kernel here: install another one first (kerneltour kernel install)",
        kernel.purpose);
  return obstacle_to_removal(change);
}

void announce(const Change& change) {
  announce_packages(change);
  const auto kernel = addition_of(change);
  if (!is_there(change, kernel)) remove_kernel_leftovers(change.root, kernel.purpose);
}

}  // namespace

const Kind kernel_packages = {
    "kernel-packages",
    lock_packages,
    obstacle,
    "The packages that came with the kernel are purged. What was upgraded for it stays upgraded.",
    announce,
    true,
};

Change kernel_change(const std::string& root, const std::string& release,
                     const std::vector<apt::Step>& steps) {
  const auto kernel = addition_in(steps, release);
  Change change;
  change.kind = kernel_packages.name;
  change.root = root;
  change.summary = fmt::format("Linux {} is installed: {} package{}", release, kernel.packages.size(),
                               kernel.packages.size() == 1 ? "" : "s");
  change.edits = {write_file(fmt::format("{}{}{}.json", root, kernels_directory, release), to_text(kernel))};
  return change;
}

const Change* change_that_added(const Kept& kept, std::string_view release) {
  const auto found = std::find_if(kept.changes.rbegin(), kept.changes.rend(), [&](const Change& change) {
    return change.kind == kernel_packages.name && change.stage == Stage::made &&
           addition_of(change).purpose == release;
  });
  return found == kept.changes.rend() ? nullptr : &*found;
}

}  // namespace kerneltour::fixes
