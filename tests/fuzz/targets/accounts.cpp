#include "host/accounts.hpp"

#include <fmt/format.h>

#include "fuzz/target.hpp"

namespace kerneltour::fuzz {
namespace {

std::string print(const std::vector<host::User>& users) {
  std::string text;
  for (const auto& [name, uid, gid] : users) text += fmt::format("{}:x:{}:{}::/:/bin/sh\n", name, uid, gid);
  return text;
}

std::string print(const std::vector<host::Group>& groups) {
  std::string text;
  for (const auto& [name, gid] : groups) text += fmt::format("{}:x:{}:\n", name, gid);
  return text;
}

void is_a_name(const std::string& name) {
  must(!name.empty() && name.find_first_of(":\n") == name.npos, "a name is one field");
}

}  // namespace

void target(std::string_view text) {
  const auto users = host::parse_passwd(text);
  for (const auto& user : users) is_a_name(user.name);
  must(print(host::parse_passwd(print(users))) == print(users), "users printed read as themselves");

  const auto groups = host::parse_group(text);
  for (const auto& group : groups) is_a_name(group.name);
  must(print(host::parse_group(print(groups))) == print(groups), "groups printed read as themselves");
}

}  // namespace kerneltour::fuzz
