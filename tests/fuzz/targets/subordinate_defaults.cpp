#include <fmt/format.h>

#include "fuzz/target.hpp"
#include "host/subordinate_ids.hpp"

namespace kerneltour::fuzz {
namespace {

std::string print(const host::SubordinateDefaults& defaults, const char* kind) {
  return fmt::format("SUB_{0}_MIN {1}\nSUB_{0}_MAX {2}\nSUB_{0}_COUNT {3}\n", kind, defaults.min,
                     defaults.max, defaults.count);
}

void read_as_themselves(std::string_view text, const char* kind) {
  const auto printed = print(host::parse_login_defs(text, kind), kind);
  must(print(host::parse_login_defs(printed, kind), kind) == printed, "defaults printed read as themselves");
}

}  // namespace

void target(std::string_view text) {
  read_as_themselves(text, "UID");
  read_as_themselves(text, "GID");

  std::string line = "subid:";
  const auto services = host::subordinate_id_services(text);
  for (const auto& service : services) {
    must(!service.empty() && service.find_first_of(" \t\n") == service.npos, "a service is one word");
    line += ' ' + service;
  }
  must(host::subordinate_id_services(line) == services, "services printed read as themselves");
  must(services != std::vector<std::string>{"files"}, "the files alone are no other service");
}

}  // namespace kerneltour::fuzz
