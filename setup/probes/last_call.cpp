#include "probes/last_call.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "posix/fd.hpp"

namespace kerneltour::probes {

using Result = Outcome::Result;

bool LastCall::made(std::string_view call, long returned) {
  const int error = returned < 0 ? errno : 0;
  outcome_ = {error ? Result::refused : Result::worked, std::string(call), error};
  return outcome_.worked();
}

bool LastCall::gave(std::string_view call, bool as_promised) {
  outcome_ = {as_promised ? Result::worked : Result::wrong, std::string(call), 0};
  return outcome_.worked();
}

bool LastCall::wrote(const char* path, std::string_view text) {
  const std::string opening = fmt::format("open({}, O_WRONLY)", path);
  const std::string writing = fmt::format("write({}, \"{}\")", path, text);
  const posix::Fd file(open(path, O_WRONLY | O_CLOEXEC));
  return made(opening, file.get()) && made(writing, write(file.get(), text.data(), text.size()));
}

}  // namespace kerneltour::probes
