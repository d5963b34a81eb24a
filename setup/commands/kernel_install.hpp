#pragma once

#include <string>

#include "commands/command.hpp"
#include "fixes/journal.hpp"

namespace kerneltour::commands {

/// Installs a kernel: plans it, shows it, and does it so that it can be taken back.
Options kernel_install_options();
int kernel_install(const Arguments& arguments);

/// Installs the kernel that a package of the distribution brings, as `kernel install` does it by itself,
/// without asking. Returns what was done, in words. Throws Refusal and std::runtime_error, with the host as
/// before.
std::string install_named_kernel(fixes::Journal& journal, const std::string& package);

}  // namespace kerneltour::commands
