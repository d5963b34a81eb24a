#include "host/secure_boot.hpp"

#include <cstddef>

#include "host/efi_variable.hpp"
#include "host/host.hpp"

namespace kerneltour::host {
namespace {

/// UEFI's own, and that in which shim repeats its setting for who runs later.
constexpr std::string_view firmware_state = "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
constexpr std::string_view shim_ignores = "MokSBStateRT-605dab50-e046-4300-abb6-3dd810dd8b23";

}  // namespace

std::string_view name_of(SecureBoot state) {
  constexpr std::string_view names[] = {"off", "on", "not-validated", "not-applicable", "unknown"};
  return names[static_cast<std::size_t>(state)];
}

SecureBoot read_secure_boot(const Host& host) {
  if (!has_efi(host)) return SecureBoot::not_applicable;
  const auto firmware = efi_variable(host, firmware_state);
  if (!firmware || firmware->size() != 1) return SecureBoot::unknown;
  if (firmware->front() != 1) return SecureBoot::off;
  const auto shim = efi_variable(host, shim_ignores);
  return shim && !shim->empty() && shim->front() == 1 ? SecureBoot::not_validated : SecureBoot::on;
}

}  // namespace kerneltour::host
