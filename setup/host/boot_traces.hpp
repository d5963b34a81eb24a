#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kerneltour::host {

class Host;

/// What a kernel that did not stay left behind, a sentence each: the panic that pstore(5) has of it, and the
/// last errors of the boot before this one, where
/// that was its and came as far as writing a journal. Empty where it left nothing.
std::vector<std::string> traces_of(const Host& host, std::string_view release);

/// The panic's reason in a dump of a kernel's messages, where that is this kernel's: "VFS: Unable to mount
/// root fs". Empty where it is none.
std::string panic_in(std::string_view messages, std::string_view release);

}  // namespace kerneltour::host
