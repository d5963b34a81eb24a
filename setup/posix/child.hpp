#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "posix/fd.hpp"

namespace kerneltour::posix {

/// What a child wrote, and whether that is all: `in_time` is false where the deadline passed first.
struct Answer {
  std::string bytes;
  bool in_time = true;
};

/// A forked child that runs one function and answers with bytes on a pipe.
///
/// The child dies with its parent (PR_SET_PDEATHSIG), and with this object: the destructor kills what
/// still runs and waits for it. Standard input, output and error of the child are /dev/null.
class Child {
 public:
  /// Forks at once. `work` runs in the child, and what it writes to the descriptor that it is given is the
  /// answer; the child then ends with _exit(2): no destructor and no atexit(3) handler of the parent runs.
  /// Where pipe2(2) or fork(2) fails there is no child, and failure() says so.
  explicit Child(const std::function<void(int answer)>& work);
  Child(Child&&) noexcept;
  Child& operator=(Child&&) = delete;
  ~Child();

  /// The call that refused a child, and its errno.
  struct Failure {
    const char* call;
    int error;
  };
  const std::optional<Failure>& failure() const { return failure_; }

  /// What the child wrote before it closed the pipe or ended, at most 64 KiB, or what it had written when
  /// `deadline` passed, and then the child is killed. Call it once; empty where there is no child.
  Answer answer(std::chrono::steady_clock::time_point deadline);

 private:
  std::optional<Failure> failure_;
  pid_t pid_ = -1;
  Fd pipe_;
};

}  // namespace kerneltour::posix
