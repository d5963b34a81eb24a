#pragma once

#include <optional>
#include <string>

#include "features/judging.hpp"
#include "host/facts.hpp"

namespace kerneltour::commands {

using features::Subjects;

/// On the running host. An ordinary user is judged as itself. Root is judged as `as`, else as the user who
/// called sudo(8), else as nobody (as itself in a user namespace without that ID); its subordinate IDs then
/// are its own, since nobody should have any. Throws UsageError where `as` is no user, or where the caller
/// may not become that user.
Subjects subjects_here(const std::optional<std::string>& as);

/// On a host that is not running: `as`, else its first ordinary user (uid 1000 to 59999), else root.
/// Throws UsageError where `as` is no user of that host.
Subjects subjects_of(const host::Facts& facts, const std::optional<std::string>& as);

/// A user of this host, as an operand names it. Throws UsageError where there is none of that name.
features::Subject named_subject(const std::string& name);

/// Whether it is the ID of an ordinary user (Debian policy 9.2.2).
bool is_ordinary(uid_t uid);

/// Throws std::runtime_error where a file that says who has which IDs could not be read.
void refuse_unread_ids(const host::Facts& facts);

}  // namespace kerneltour::commands
