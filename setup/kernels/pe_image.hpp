#pragma once

#include <string_view>

namespace kerneltour::kernels {

/// Whether a kernel's image, of which these are the first bytes, has a signature for UEFI Secure Boot: a
/// program for UEFI (PE32+) with a certificate table (PE format, optional header,
/// data directory 4; Linux is one by its EFI stub, Documentation/admin-guide/efi-stub.rst). Whose signature
/// it is, the firmware and shim find out. false for an image that is none.
bool is_signed_image(std::string_view beginning);

}  // namespace kerneltour::kernels
