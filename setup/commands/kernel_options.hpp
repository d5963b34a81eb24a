#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apt/session.hpp"
#include "commands/command.hpp"
#include "host/host.hpp"
#include "host/kernel_release.hpp"
#include "kernels/kernel.hpp"
#include "kernels/settings.hpp"

// What the commands of `kerneltour kernel` have in common.
namespace kerneltour::commands {

/// Adds --root.
void add_kernel_root(Options& options);

/// Adds --archive, --keyring and --fingerprint.
void add_archive(Options& options);

/// Adds --source, whose words are these ("apt|mainline"), --at-least and --for.
void add_kernel_choice(Options& options, const char* sources);

/// The host below --root without a slash at its end; "" is the running one. Throws UsageError where it is no
/// directory.
std::string kernel_root(const Arguments& arguments);

/// The host below a root, which is one.
host::Host host_at(const std::string& root);

/// The source that is asked for. Throws UsageError.
std::optional<kernels::Source> wanted_source(const Arguments& arguments);

/// What --at-least says, and what the features need that the chapters of --for need; Linux 4.20 at least.
/// Throws UsageError.
host::KernelVersion wanted_version(const Arguments& arguments);

/// The flavour that is preferred among a distribution's kernels: the running kernel's, or where that is none
/// of theirs the plain one, "amd64" or "generic".
std::string preferred_flavour(const std::string& root, const apt::Session& session);

/// The mainline archive and its key, of the host below `root`. Throws std::runtime_error.
kernels::Settings archive_settings(const Arguments& arguments, const std::string& root);

/// The value of an option that was given.
std::optional<std::string> given(const Arguments& arguments, const char* option);

/// APT on the host below `root`. Throws Refusal where it has no Debian packages.
apt::Session open_session(const std::string& root, const std::string& command);

/// The command line, as APT's history.log keeps it: "kerneltour kernel install 6.12.9-amd64".
std::string typed_command(std::string_view command, const Arguments& arguments, const char* operand);

}  // namespace kerneltour::commands
