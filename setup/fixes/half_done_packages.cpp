#include "fixes/half_done_packages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "posix/program.hpp"
#include "posix/text.hpp"

namespace kerneltour::fixes {
namespace {

constexpr const char* dpkg_query = "/usr/bin/dpkg-query";
constexpr const char* dpkg_updates = "/var/lib/dpkg/updates";
constexpr std::string_view gone = "not-installed";

/// Scripts of packages ask no questions.
std::vector<std::string> dpkg(const std::string& root) {
  return {"/usr/bin/env", "DEBIAN_FRONTEND=noninteractive", "/usr/bin/dpkg",
          fmt::format("--root={}", root.empty() ? "/" : root),
          fmt::format("--log={}/var/log/dpkg.log", root)};
}

void have_run(std::vector<std::string> words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  const auto ended = posix::run_program(words);
  if (ended.status != 0)
    throw std::runtime_error(fmt::format("dpkg {}: {}", more.front(), ended.complaint()));
}

/// What dpkg has noted and not yet written into its database (dpkg's lib/dpkg/dbmodify.c): it does so when it
/// runs.
bool has_updates(const std::string& root) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(root + dpkg_updates, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().filename() != ".") return true;
  }
  return false;
}

}  // namespace

std::vector<PackageState> parse_package_states(std::string_view text) {
  std::vector<PackageState> states;
  while (!text.empty()) {
    const auto words = posix::words(posix::take_line(text));
    if (words.size() == 3 && words[1] != gone)
      states.push_back({std::string(words[0]), std::string(words[1]), words[2] != "ok"});
  }
  return states;
}

std::vector<PackageState> package_states(const std::string& root, const std::vector<std::string>& names) {
  if (names.empty()) return {};
  std::vector<std::string> words = {dpkg_query, fmt::format("--admindir={}/var/lib/dpkg", root), "-W",
                                    "-f=${Package} ${db:Status-Status} ${db:Status-Eflag}\\n"};
  words.insert(words.end(), names.begin(), names.end());
  // It complains of packages that it never had; the lines of the others are there all the same.
  return parse_package_states(posix::run_program(words).output);
}

bool has_half_done(const std::string& root, const std::vector<PackageState>& states) {
  return has_updates(root) || std::any_of(states.begin(), states.end(), [](const PackageState& state) {
           return !state.is_complete() && state.status != "config-files";
         });
}

void purge_half_done(const std::string& root, const std::vector<PackageState>& states) {
  std::vector<std::string> purge = {"--force-remove-reinstreq", "--purge"};
  for (const auto& state : states) purge.push_back(state.name);
  have_run(dpkg(root), purge);
  have_run(dpkg(root), {"--configure", "-a"});
}

}  // namespace kerneltour::fixes
