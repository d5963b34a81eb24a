#pragma once

#include <string>

#include "host/id_ranges.hpp"

namespace kerneltour::fixes {

/// The first process that is a user or in a group of the range, or whose user namespace maps any of it:
/// "process 412 (sleep)". Empty where none is. It needs root of the initial user namespace to see them all
/// (proc(5)).
std::string process_with(const host::IdRange& range);

}  // namespace kerneltour::fixes
