#include <string>

#include "fuzz/target.hpp"
#include "host/confinement.hpp"

namespace kerneltour::fuzz {

void target(std::string_view text) {
  const auto value = host::parse_status_field(text, "Seccomp");
  must(value.find('\n') == value.npos, "a value is one line");
  must(value.empty() || text.find(value) != text.npos, "a value is from the text");

  const std::string status = "Seccomp:\t2\n" + std::string(text);
  must(host::parse_status_field(status, "Seccomp") == "2", "the first line of a field counts");
  must(host::parse_status_field("Seccomp_filters:\t2\nName:\tSeccomp:\t2\n", "Seccomp").empty(),
       "a longer name is another field, and a value is none");
}

}  // namespace kerneltour::fuzz
