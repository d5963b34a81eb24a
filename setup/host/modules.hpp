#pragma once

#include <string>
#include <string_view>

namespace kerneltour::host {

class Host;

/// Whether code that a configuration made a module is there.
enum class ModuleState {
  loaded,    ///< it is in the kernel
  loadable,  ///< modprobe(8) would find it
  missing
};

/// Whether a modules.dep(5) or modules.builtin(5) has the module; '-' and '_' are the same, compressed
/// modules count.
bool lists_module(std::string_view modules_dep, std::string_view module);

/// Where `running`, first /sys/module, which knows nothing of another kernel; then modules.builtin, which is
/// as good as loaded, and modules.dep of /lib/modules/RELEASE (and /usr/lib).
ModuleState find_module(const Host& host, std::string_view release, std::string_view module, bool running);

}  // namespace kerneltour::host
