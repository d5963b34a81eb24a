#pragma once

#include <string>

#include "apt/error.hpp"

// libapt-pkg keeps what went wrong in a stack of messages, which has to be empty before the next call.
namespace kerneltour::apt {

/// Takes all messages away: the errors, or the warnings where there is no error, joined by "; ".
std::string take_messages();

/// Throws Error with `doing` ("cannot open APT's lists") and the messages. `otherwise` is the reason where
/// there is none.
[[noreturn]] void fail(const std::string& doing, const std::string& otherwise = "APT gives no reason");

}  // namespace kerneltour::apt
