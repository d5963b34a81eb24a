#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kerneltour::fixes {

/// The default that kerneltour sets to stay. Its name sorts behind that of a trial (trial_default), and both
/// behind those of others: the last one counts.
inline constexpr const char* chosen_default = "/etc/default/grub.d/zz-kerneltour-default.cfg";

/// A file of /etc/default/grub.d, which is a shell script: `path` is GRUB's default, and these parameters are
/// on every kernel's command line but in recovery. `why` is a sentence.
std::string default_drop_in(std::string_view why, const std::string& path,
                            const std::vector<std::string>& parameters);

/// The parameters in such a file.
std::vector<std::string> parameters_in(std::string_view drop_in);

/// Whether the file makes that path the default.
bool sets_default(std::string_view drop_in, const std::string& path);

}  // namespace kerneltour::fixes
