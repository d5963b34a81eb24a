#include "fixes/kernel_leftovers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

namespace kerneltour::fixes {
namespace {

namespace fs = std::filesystem;

/// Files of a kernel in /boot begin so, and their names go on with the release.
constexpr std::string_view images[] = {"vmlinuz-", "vmlinux-"};
constexpr std::string_view boot_files[] = {"vmlinuz-", "vmlinux-", "initrd.img-", "System.map-", "config-"};
constexpr std::string_view boot_endings[] = {".dpkg-new", ".dpkg-tmp", ".new", ".dpkg-bak"};
constexpr std::string_view module_endings[] = {".dpkg-new", ".dpkg-tmp"};

std::string modules_of(const std::string& root, const std::string& release) {
  return root + "/lib/modules/" + release;
}

bool is_file(const std::string& path) {
  std::error_code error;
  return fs::is_regular_file(fs::symlink_status(path, error));
}

/// A folder itself, and no link to one elsewhere.
bool is_folder(const std::string& path) {
  std::error_code error;
  return fs::is_directory(fs::symlink_status(path, error));
}

void add_of_boot(std::vector<std::string>& paths, const std::string& boot, const std::string& release) {
  for (const auto file : boot_files) {
    for (const auto ending : boot_endings) {
      if (auto path = fmt::format("{}/{}{}{}", boot, file, release, ending); is_file(path))
        paths.push_back(std::move(path));
    }
  }
}

void add_of_modules(std::vector<std::string>& paths, const std::string& top) {
  std::error_code error;
  for (fs::recursive_directory_iterator entry(top, error), end; !error && entry != end; entry.increment(error)) {
    const auto name = entry->path().filename().string();
    const auto ends = [&](std::string_view ending) { return name.ends_with(ending); };
    if (std::any_of(std::begin(module_endings), std::end(module_endings), ends) &&
        is_file(entry->path().string()))
      paths.push_back(entry->path().string());
  }
}

/// Deepest first. rmdir(2), which this is, refuses where there is anything.
void remove_empty_folders(const std::string& top) {
  std::error_code error;
  std::vector<std::string> folders = {top};
  for (fs::recursive_directory_iterator entry(top, error), end; !error && entry != end; entry.increment(error)) {
    if (is_folder(entry->path().string())) folders.push_back(entry->path().string());
  }
  std::sort(folders.rbegin(), folders.rend());
  for (const auto& folder : folders) fs::remove(folder, error);
}

bool has_image(const std::string& root, const std::string& release) {
  return std::any_of(std::begin(images), std::end(images), [&](std::string_view image) {
    std::error_code error;
    return fs::exists(fmt::format("{}/boot/{}{}", root, image, release), error);
  });
}

bool is_release(const std::string& text) { return !text.empty() && text.find('/') == text.npos; }

}  // namespace

std::vector<std::string> kernel_leftovers(const std::string& root, const std::string& release) {
  std::vector<std::string> paths;
  if (!is_release(release) || has_image(root, release)) return paths;
  add_of_boot(paths, root + "/boot", release);
  if (const auto top = modules_of(root, release); is_folder(top)) add_of_modules(paths, top);
  std::sort(paths.begin(), paths.end());
  return paths;
}

void remove_kernel_leftovers(const std::string& root, const std::string& release) {
  if (!is_release(release) || has_image(root, release)) return;
  std::error_code error;
  for (const auto& path : kernel_leftovers(root, release)) fs::remove(path, error);
  if (const auto top = modules_of(root, release); is_folder(top)) remove_empty_folders(top);
}

}  // namespace kerneltour::fixes
