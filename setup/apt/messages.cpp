#include "apt/messages.hpp"

#include <apt-pkg/error.h>

namespace kerneltour::apt {
namespace {

void append(std::string& text, const std::string& message) {
  if (!text.empty()) text += "; ";
  text += message;
}

}  // namespace

std::string take_messages() {
  std::string errors;
  std::string warnings;
  while (!_error->empty(GlobalError::DEBUG)) {
    std::string message;
    const bool is_error = _error->PopMessage(message);
    append(is_error ? errors : warnings, message);
  }
  return errors.empty() ? warnings : errors;
}

void fail(const std::string& doing, const std::string& otherwise) {
  const auto messages = take_messages();
  throw Error(doing + ": " + (messages.empty() ? otherwise : messages));
}

}  // namespace kerneltour::apt
