#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace kerneltour::host {

/// Where GRUB keeps what it has to know at the next start.
inline constexpr const char* grub_environment_path = "/boot/grub/grubenv";

/// The variables of an environment block: next_entry is what grub-reboot(8) has chosen for one start.
using GrubEnvironment = std::map<std::string, std::string, std::less<>>;

/// nullopt where the text is no environment block (GRUB manual, "Environment block").
std::optional<GrubEnvironment> parse_grub_environment(std::string_view text);

}  // namespace kerneltour::host
