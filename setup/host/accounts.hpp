#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace kerneltour::host {

/// A user (passwd(5)).
struct User {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
};

/// A group (group(5)).
struct Group {
  std::string name;
  gid_t gid = 0;
};

/// Whether a text can be an owner's name in passwd(5), group(5) and subuid(5): printable, without blanks and
/// colons.
bool is_account_name(std::string_view text);

/// Malformed lines are left out, and with them those of NIS ("+ann::::::").
std::vector<User> parse_passwd(std::string_view text);
std::vector<Group> parse_group(std::string_view text);

/// Whether `passwd:` in nsswitch.conf(5) names a service that knows other users than /etc/passwd does and
/// systemd(1) makes up: a directory (sss, ldap, winbind).
bool has_account_directory(std::string_view nsswitch);

}  // namespace kerneltour::host
