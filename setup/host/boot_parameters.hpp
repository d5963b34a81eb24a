#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kerneltour::host {

/// One parameter of a kernel's command line. `value` is nullopt for a bare word.
struct BootParameter {
  std::string name;
  std::optional<std::string> value;
};

/// A kernel's command line (/proc/cmdline), split as the kernel splits it: at white space outside double
/// quotes, quotes around a value or around the whole parameter taken away; what stands after "--" is for
/// init (lib/cmdline.c: next_arg; kernel/params.c: parse_args; kernel-parameters.rst).
/// '-' and '_' in names are the same to the kernel (parameq), and here.
class BootParameters {
 public:
  static BootParameters parse(std::string_view command_line);

  /// The value of the last parameter of that name ("" for a bare word); nullopt where there is none.
  std::optional<std::string> last(std::string_view name) const;
  /// Whether any parameter of that name has `item` in its comma-separated value:
  /// cgroup_disable=memory,pressure.
  bool lists(std::string_view name, std::string_view item) const;
  const std::vector<BootParameter>& all() const { return parameters_; }

 private:
  std::vector<BootParameter> parameters_;
};

}  // namespace kerneltour::host
