#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kerneltour::host {

class Host;

/// The firmware's interface is there: the machine was started by UEFI.
bool has_efi(const Host& host);

/// The value of an EFI variable, named "NAME-VENDOR'S-GUID", without the attributes before it
/// (Documentation/filesystems/efivarfs.rst); nullopt where there is none or it cannot be read.
std::optional<std::string> efi_variable(const Host& host, std::string_view name);

}  // namespace kerneltour::host
