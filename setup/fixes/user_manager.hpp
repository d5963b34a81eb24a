#pragma once

#include <sys/types.h>

#include <string>

#include "fixes/change.hpp"
#include "fixes/kind.hpp"

namespace kerneltour::fixes {

/// Has systemd run the user's manager without a login, too (loginctl(1), enable-linger). Throws
/// std::runtime_error where the user has a name that logind's file would not have.
Change keep_user_manager(const std::string& user);

/// Delegates cpu, cpuset, io and memory to the user's manager, beside what is delegated already: a drop-in of
/// user@.service(5) for this user alone.
Change delegate_controllers(const std::string& user, uid_t uid);

extern const Kind user_manager;
extern const Kind cgroup_delegation;

}  // namespace kerneltour::fixes
