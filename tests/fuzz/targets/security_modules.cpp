#include "host/security_modules.hpp"

#include "fuzz/target.hpp"

namespace kerneltour::fuzz {

void target(std::string_view text) {
  host::SecurityModules modules;
  modules.active = host::parse_security_modules(text);
  std::string line;
  for (const auto& name : modules.active) {
    must(!name.empty() && name.find_first_of(",\n") == name.npos, "a module's name is one name");
    must(modules.has(name), "an active module is found by its name");
    line += name + ',';
  }
  must(host::parse_security_modules(line) == modules.active, "modules printed read as themselves");
}

}  // namespace kerneltour::fuzz
