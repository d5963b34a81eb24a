#include "host/efi_variable.hpp"

#include "host/host.hpp"

namespace kerneltour::host {

bool has_efi(const Host& host) { return host.exists("/sys/firmware/efi"); }

std::optional<std::string> efi_variable(const Host& host, std::string_view name) {
  constexpr std::size_t attributes = 4;  // bytes
  auto file = host.read("/sys/firmware/efi/efivars/" + std::string(name));
  if (!file.ok() || file.text.size() < attributes) return std::nullopt;
  return file.text.substr(attributes);
}

}  // namespace kerneltour::host
