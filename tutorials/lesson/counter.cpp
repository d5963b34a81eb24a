#include "lesson/counter.hpp"

#include <errno.h>
#include <sys/mman.h>

#include <new>

#include "posix/error.hpp"

namespace kerneltour::lesson {

Counter::Counter() {
  void* const memory =
      mmap(nullptr, sizeof *number_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw posix::SystemError("cannot map shared memory", errno);
  number_ = new (memory) std::atomic<unsigned long>(0);
}

Counter::~Counter() { munmap(number_, sizeof *number_); }

}  // namespace kerneltour::lesson
