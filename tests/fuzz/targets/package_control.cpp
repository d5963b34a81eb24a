#include <cctype>
#include <string>

#include "fuzz/target.hpp"
#include "kernels/packages_index.hpp"
#include "posix/text.hpp"

namespace kerneltour::fuzz {
namespace {

constexpr std::string_view name = "linux-modules-6.9.0-060900-generic_6.9.0-060900.202405122134_amd64.deb";

std::string lowered(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

}  // namespace

void target(std::string_view text) {
  if (!kernels::control_problem(text, name).empty()) return;
  bool named = false;
  for (auto rest = text; !rest.empty();) {
    const auto line = posix::take_line(rest);
    must(!posix::trim(line).empty(), "no other stanza begins");
    const auto field = lowered(line.substr(0, line.find(':')));
    must(field != "filename" && field != "size" && field != "sha256", "the index alone says what file it is");
    named = named || (field == "package" &&
                      posix::trim(line.substr(line.find(':') + 1)) == "linux-modules-6.9.0-060900-generic");
  }
  must(named, "it is of the package that the file is named for");
}

}  // namespace kerneltour::fuzz
