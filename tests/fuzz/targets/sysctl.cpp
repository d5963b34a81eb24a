#include "host/sysctl.hpp"

#include <string>

#include "fuzz/target.hpp"

namespace kerneltour::fuzz {
namespace {

using Settings = decltype(host::parse_sysctl_conf({}));

/// With the '-' that is no part of a name: behind it anything is one, even what else would be a comment.
std::string print(const Settings& settings) {
  std::string text;
  for (const auto& [name, value] : settings) text += '-' + name + " = " + value + '\n';
  return text;
}

bool is_trimmed(const std::string& text) {
  constexpr std::string_view white_space = " \t\r\n";
  return text.empty() || (white_space.find(text.front()) == white_space.npos &&
                          white_space.find(text.back()) == white_space.npos);
}

void is_a_setting(const std::string& name, const std::string& value) {
  must(!name.empty() && is_trimmed(name) && is_trimmed(value), "a setting has a name and a value");
  must(name.find_first_of("\n=*?[") == name.npos, "a name is one name: no glob, no second line");
  must(value.find('\n') == value.npos, "a value is one line");
}

}  // namespace

void target(std::string_view text) {
  const auto settings = host::parse_sysctl_conf(text);
  for (const auto& [name, value] : settings) is_a_setting(name, value);
  must(host::parse_sysctl_conf(print(settings)) == settings, "settings printed read as themselves");

  const std::string lines(text);
  must(host::parse_sysctl_conf(lines + "\n# a.b = 1\n ; a.b = 1\n") == settings, "a comment sets nothing");
  const auto more = host::parse_sysctl_conf(lines + "\nuser/max_user_namespaces = 0\n");
  must(more.contains("user.max_user_namespaces") && more.at("user.max_user_namespaces") == "0",
       "the last line about a setting counts");
}

}  // namespace kerneltour::fuzz
