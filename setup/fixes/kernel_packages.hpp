#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fixes/added_packages.hpp"
#include "fixes/change.hpp"
#include "fixes/journal.hpp"
#include "fixes/kind.hpp"

namespace kerneltour::fixes {

/// A kernel's packages: added ones, which stay while that kernel runs or is the last one.
extern const Kind kernel_packages;

/// The change that the steps of a plan are, on the host below `root`.
Change kernel_change(const std::string& root, const std::string& release,
                     const std::vector<apt::Step>& steps);

/// The change that brought this kernel and is not taken back; nullptr where none did. It is `kept`'s. What such
/// a change brought is addition_of() it, its purpose the release.
const Change* change_that_added(const Kept& kept, std::string_view release);

}  // namespace kerneltour::fixes
