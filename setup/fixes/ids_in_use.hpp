#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "host/id_ranges.hpp"

namespace kerneltour::fixes {

/// The first process that is a user or in a group of the range, or whose user namespace maps any of it:
/// "process 412 (sleep)". Empty where none is. It needs root of the initial user namespace to see them all
/// (proc(5)). IDs of `accounts` do not count: those who have these have them anyway.
std::string process_with(const host::IdRange& range, const std::set<std::uint64_t>& accounts = {});

}  // namespace kerneltour::fixes
