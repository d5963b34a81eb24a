#include <algorithm>
#include <string>

#include "fuzz/target.hpp"
#include "host/modules.hpp"

namespace kerneltour::fuzz {

void target(std::string_view text) {
  const auto first = text.substr(0, text.find('\n'));
  std::string underscored(first);
  std::ranges::replace(underscored, '-', '_');
  must(host::lists_module(text, first) == host::lists_module(text, underscored), "'-' and '_' are the same");

  const std::string lines = std::string(text) + "\nkernel/net/ve-th.ko.xz: kernel/net/needed.ko.xz\n";
  must(host::lists_module(lines, "ve_th"), "a compressed module counts");
  must(host::lists_module(lines, "needed") == host::lists_module(text, "needed"),
       "what a module needs is not thereby listed");
}

}  // namespace kerneltour::fuzz
