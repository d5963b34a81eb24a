#include "host/os_release.hpp"

#include "fuzz/target.hpp"

namespace kerneltour::fuzz {
namespace {

/// A value in double quotes, with what the shell takes as its own behind backslashes (os-release(5)).
std::string quoted(const std::string& value) {
  std::string text = "\"";
  for (const char byte : value) {
    if (std::string_view("\"\\$`").find(byte) != std::string_view::npos) text += '\\';
    text += byte;
  }
  return text + "\"\n";
}

std::string print(const host::OsRelease& os) {
  std::string like;
  for (const auto& name : os.like) like += name + ' ';
  return "ID=" + quoted(os.id) + "VERSION_ID=" + quoted(os.version) +
         "PRETTY_NAME=" + quoted(os.pretty_name) + "VERSION_CODENAME=" + quoted(os.codename) +
         "ID_LIKE=" + quoted(like);
}

}  // namespace

void target(std::string_view text) {
  const auto os = host::parse_os_release(text);
  must(os.is_like(os.id), "a distribution is like itself");
  for (const auto& name : os.like) {
    must(!name.empty() && name.find(' ') == std::string::npos, "ID_LIKE is words");
    must(os.is_like(name), "a distribution is like each of its ID_LIKE");
  }
  must(print(host::parse_os_release(print(os))) == print(os), "fields printed read as themselves");
}

}  // namespace kerneltour::fuzz
