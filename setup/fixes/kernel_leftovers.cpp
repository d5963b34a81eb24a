#include "fixes/kernel_leftovers.hpp"

#include <algorithm>
#include <filesystem>
#include <string_view>

namespace kerneltour::fixes {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view by_dpkg[] = {".dpkg-new", ".dpkg-tmp"};
constexpr std::string_view in_boot[] = {".dpkg-new", ".dpkg-tmp", ".new", ".dpkg-bak"};

fs::path modules_of(const std::string& root, const std::string& release) {
  return fs::path(root + "/lib/modules") / release;
}

template <class Iterator, class Judge>
void collect(Iterator entry, std::error_code& error, const Judge& is_left, std::vector<std::string>& paths) {
  for (; !error && entry != Iterator(); entry.increment(error))
    if (is_left(entry->path().filename().string())) paths.push_back(entry->path().string());
}

/// Deepest first; what is not empty stays.
void remove_empty_folders(const fs::path& top) {
  std::error_code error;
  std::vector<fs::path> folders = {top};
  for (fs::recursive_directory_iterator entry(top, error), end; !error && entry != end; entry.increment(error))
    if (entry->is_directory() && !entry->is_symlink()) folders.push_back(entry->path());
  std::sort(folders.rbegin(), folders.rend());
  for (const auto& folder : folders)
    if (fs::is_empty(folder, error) && !error) fs::remove(folder);
}

}  // namespace

std::vector<std::string> kernel_leftovers(const std::string& root, const std::string& release) {
  std::vector<std::string> paths;
  std::error_code error;
  collect(
      fs::directory_iterator(root + "/boot", error), error,
      [&](const std::string& name) {
        return std::any_of(std::begin(in_boot), std::end(in_boot),
                           [&](std::string_view end) { return name.ends_with("-" + release + std::string(end)); });
      },
      paths);
  error.clear();
  collect(
      fs::recursive_directory_iterator(modules_of(root, release), error), error,
      [](std::string_view name) {
        return std::any_of(std::begin(by_dpkg), std::end(by_dpkg),
                           [&](std::string_view end) { return name.ends_with(end); });
      },
      paths);
  std::sort(paths.begin(), paths.end());
  return paths;
}

void remove_kernel_leftovers(const std::string& root, const std::string& release) {
  for (const auto& path : kernel_leftovers(root, release)) fs::remove_all(path);
  remove_empty_folders(modules_of(root, release));
}

}  // namespace kerneltour::fixes
