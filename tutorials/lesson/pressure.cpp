#include "lesson/pressure.hpp"

#include <errno.h>
#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string_view>

#include "host/kernel_release.hpp"
#include "posix/error.hpp"

namespace kerneltour::lesson {
namespace {

using Line = std::optional<host::PressureLine>;
using Microseconds = std::chrono::duration<double, std::micro>;

double percent_of(Microseconds time, const Line& before, const Line& now) {
  if (!before || !now || time.count() <= 0) return 0;
  return 100 * Microseconds(now->total - before->total) / time;
}

}  // namespace

PressureFile::PressureFile(const std::string& path)
    : path_(path), file_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (!file_) throw posix::SystemError("cannot open " + path, errno);
}

host::Pressure PressureFile::read() const {
  std::array<char, 512> text;  // two lines of numbers
  const auto length = pread(file_.get(), text.data(), text.size(), 0);
  if (length < 0) throw posix::SystemError("cannot read " + path_, errno);
  const auto pressure = host::parse_pressure(std::string_view(text.data(), static_cast<std::size_t>(length)));
  if (!pressure) throw std::runtime_error(path_ + " does not read like pressure");
  return *pressure;
}

PressureMeter::PressureMeter(const std::string& path) : file_(path), last_(now()) {}

Stalled PressureMeter::lap() {
  const auto moment = now();
  const Microseconds time = moment.time - last_.time;
  const Stalled stalled{percent_of(time, last_.pressure.some, moment.pressure.some),
                        percent_of(time, last_.pressure.full, moment.pressure.full)};
  last_ = moment;
  return stalled;
}

bool group_counts_all_waits() {
  utsname kernel{};
  uname(&kernel);
  const auto release = host::parse_kernel_release(kernel.release);
  return release && release->at_least({5, 7});
}

}  // namespace kerneltour::lesson
