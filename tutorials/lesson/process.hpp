#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "posix/fd.hpp"

namespace kerneltour::lesson {

/// How long another process may take to say or do something, unless a chapter says otherwise: it has to hold on a machine
/// that is busy or emulated.
inline constexpr std::chrono::milliseconds answer_limit = std::chrono::seconds(30);

/// One end of a conversation in lines between a step and a process of its own.
class Channel {
 public:
  explicit Channel(posix::Fd socket) : socket_(std::move(socket)) {}

  /// Sends one line (`text` without a newline).
  void say(std::string_view text);
  /// The next line, without its newline. Throws std::runtime_error where none comes within `limit`, or the
  /// other end is gone.
  std::string hear(std::chrono::milliseconds limit = answer_limit);
  /// For poll(2): readable when there is something to hear.
  int descriptor() const { return socket_.get(); }

 private:
  posix::Fd socket_;
  std::string heard_;
};

/// A process that a step forks: it dies with the step, and with this object. Its standard streams are
/// /dev/null.
class Process {
 public:
  /// Runs `work` in the child, which ends with _exit(2) when it returns: 0, or 1 where it throws.
  explicit Process(const std::function<void(Channel& parent)>& work);
  Process(Process&&) noexcept;
  Process& operator=(Process&&) = delete;
  ~Process();

  pid_t pid() const { return pid_; }
  Channel& channel() { return channel_; }
  void say(std::string_view text) { channel_.say(text); }
  std::string hear(std::chrono::milliseconds limit = answer_limit) {
    return channel_.hear(limit);
  }
  /// Waits until it has ended by itself.
  void wait();
  /// Sends SIGKILL, where it still runs, and waits for it.
  void end();

 private:
  pid_t pid_ = -1;
  Channel channel_;
};

/// What running another program gave.
struct Ran {
  int status = -1;     ///< exit status; 128 + N where signal N ended it; 127 where it could not be started
  std::string output;  ///< standard output and error together, at most 64 KiB
};

/// Runs a program by its full path, without a shell, in the C.UTF-8 locale, with no standard input, for at
/// most `limit`.
Ran run_program(const std::vector<std::string>& command,
                std::chrono::milliseconds limit = answer_limit);

}  // namespace kerneltour::lesson
