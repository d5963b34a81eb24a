#include "host/accounts.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

#include "posix/terminal.hpp"
#include "posix/text.hpp"

namespace kerneltour::host {
namespace {

/// No user and no group has the ID 2^32 - 1: to chown(2) and setreuid(2) it is "leave it as it is".
std::optional<std::uint32_t> parse_id(std::string_view text) {
  const auto id = posix::parse_number<std::uint32_t>(text);
  return id == std::numeric_limits<std::uint32_t>::max() ? std::nullopt : id;
}

/// NAME:PASSWORD:UID:GID, and what follows.
std::optional<User> parse_user(std::string_view line) {
  if (std::count(line.begin(), line.end(), ':') < 3) return std::nullopt;
  const auto name = posix::take_field(line, ':');
  posix::take_field(line, ':');
  const auto uid = parse_id(posix::take_field(line, ':'));
  const auto gid = parse_id(posix::take_field(line, ':'));
  if (!is_account_name(name) || !uid || !gid) return std::nullopt;
  return User{std::string(name), *uid, *gid};
}

/// NAME:PASSWORD:GID:MEMBERS
std::optional<Group> parse_one_group(std::string_view line) {
  if (std::count(line.begin(), line.end(), ':') < 2) return std::nullopt;
  const auto name = posix::take_field(line, ':');
  posix::take_field(line, ':');
  const auto gid = parse_id(posix::take_field(line, ':'));
  if (!is_account_name(name) || !gid) return std::nullopt;
  return Group{std::string(name), *gid};
}

/// Comments, and the lines that mean "and those of NIS" (nsswitch.conf(5): compat).
bool names_nobody(std::string_view line) { return line.find_first_of("#+-") == 0; }

template <class Account>
std::vector<Account> parse_accounts(std::string_view text,
                                    std::optional<Account> (*parse)(std::string_view)) {
  std::vector<Account> accounts;
  while (!text.empty()) {
    const auto line = posix::take_line(text);
    if (names_nobody(line)) continue;
    if (auto account = parse(line)) accounts.push_back(std::move(*account));
  }
  return accounts;
}

}  // namespace

bool is_account_name(std::string_view text) {
  const auto plain = [](char c) { return c > ' ' && c < '\x7f' && c != ':'; };
  if (text.empty()) return false;
  if (std::all_of(text.begin(), text.end(), plain)) return true;
  return text.find_first_of(" :") == std::string_view::npos && posix::printable(text) == text;
}

std::vector<User> parse_passwd(std::string_view text) { return parse_accounts(text, parse_user); }

std::vector<Group> parse_group(std::string_view text) { return parse_accounts(text, parse_one_group); }

bool has_account_directory(std::string_view nsswitch) {
  while (!nsswitch.empty()) {
    auto line = posix::take_line(nsswitch);
    auto setting = posix::take_field(line, '#');
    if (posix::trim(posix::take_field(setting, ':')) != "passwd") continue;
    bool in_action = false;  // "[NOTFOUND=return UNAVAIL=continue]"
    for (const auto word : posix::words(setting)) {
      const bool service = !in_action && word.front() != '[';
      in_action = !service && word.back() != ']';
      if (service && word != "files" && word != "compat" && word != "systemd") return true;
    }
    return false;
  }
  return false;
}

}  // namespace kerneltour::host
