#pragma once

#include <string_view>

namespace kerneltour::fuzz {

/// What each file of targets/ defines: one parser given any bytes at all, and what must() be true of its
/// answer. The bytes lie in a block of exactly their size, so that reading past them is noticed.
void target(std::string_view text);

/// Ends the program, naming the claim, where it does not hold.
void must(bool holds, std::string_view claim);

}  // namespace kerneltour::fuzz
