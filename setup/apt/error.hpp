#pragma once

#include <stdexcept>
#include <string>

namespace kerneltour::apt {

/// APT or dpkg refused. what() says what was being done and the reason in their words, a line each where they
/// gave more than one.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace kerneltour::apt
