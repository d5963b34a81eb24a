#include "posix/error.hpp"

#include <string.h>

namespace kerneltour::posix {

SystemError::SystemError(std::string_view doing, int error)
    : std::runtime_error(std::string(doing) + ": " + error_text(error)), error_(error) {}

// strerrordesc_np(3) rather than strerror(3): our own words are English, and so are these in every locale.
std::string error_text(int error) {
  if (const char* text = strerrordesc_np(error)) return text;
  return "Unknown error " + std::to_string(error);
}

std::string error_name(int error) {
  if (const char* name = strerrorname_np(error); name && error != 0) return name;
  return std::to_string(error);
}

}  // namespace kerneltour::posix
