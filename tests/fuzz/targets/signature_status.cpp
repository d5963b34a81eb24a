#include <string>

#include "fuzz/target.hpp"
#include "kernels/signature.hpp"

namespace kerneltour::fuzz {
namespace {

constexpr std::string_view fingerprint = "3014A217A6B83292D5B028DF9D58EB8975DEC5CE";

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

void target(std::string_view text) {
  const auto problem = kernels::signature_problem(text, fingerprint);
  if (problem.empty()) {
    must(has(text, "[GNUPG:] "), "what is good was said on a line of status");
    must(has(text, "GOODSIG"), "what is good was said to be good");
    must(has(text, "VALIDSIG"), "what is good was said to be valid");
    must(has(text, fingerprint), "what is good names the key");
  }

  std::string none(text);
  for (auto at = none.find("VALIDSIG"); at != none.npos; at = none.find("VALIDSIG", at)) none[at] = 'v';
  must(!kernels::signature_problem(none, fingerprint).empty(), "nothing is good that is not valid");
  must(!kernels::signature_problem(text, "D492B0A213CD3508F813D05C9E7F1FD2B97D2358").empty() ||
           has(text, "D492B0A213CD3508F813D05C9E7F1FD2B97D2358"),
       "nothing is good for a key that is not named");
}

}  // namespace kerneltour::fuzz
