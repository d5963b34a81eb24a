#include "posix/program.hpp"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "posix/error.hpp"
#include "posix/fd.hpp"
#include "posix/text.hpp"

namespace kerneltour::posix {
namespace {

constexpr std::size_t longest = 65536;

/// What the child does before it becomes the program.
class Beginning {
 public:
  explicit Beginning(int output) {
    posix_spawn_file_actions_init(&files_);
    posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files_, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files_, output, STDERR_FILENO);
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK);
  }
  Beginning(const Beginning&) = delete;
  Beginning& operator=(const Beginning&) = delete;
  ~Beginning() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }

  pid_t spawn(const std::vector<std::string>& words) const {
    std::vector<char*> arguments;
    for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    std::string path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
    std::string locale = "LC_ALL=C.UTF-8";
    std::array<char*, 3> environment = {path.data(), locale.data(), nullptr};
    pid_t child = 0;
    const int error =
        posix_spawn(&child, arguments[0], &files_, &attributes_, arguments.data(), environment.data());
    if (error != 0) throw SystemError("cannot run " + words[0], error);
    return child;
  }

 private:
  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attributes_;
};

std::string read_all(int file) {
  std::string text;
  std::array<char, 4096> bytes;
  for (;;) {
    const ssize_t count = read(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    if (text.size() < longest) text.append(bytes.data(), static_cast<std::size_t>(count));
  }
}

int wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

std::string Ended::complaint() const {
  std::string_view rest = trim(output);
  std::string_view last;
  while (!rest.empty()) last = take_line(rest);
  return last.empty() ? "exit status " + std::to_string(status) : std::string(last);
}

Ended run_program(const std::vector<std::string>& words) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw SystemError("cannot make a pipe", errno);
  const Fd reading(ends[0]);
  Fd writing(ends[1]);
  const pid_t child = Beginning(writing.get()).spawn(words);
  writing.close();  // so that the end of what it writes is seen
  Ended ended;
  ended.output = read_all(reading.get());
  ended.status = wait_for(child);
  return ended;
}

void have_run(const std::vector<std::string>& words) {
  const auto ended = run_program(words);
  if (ended.status == 0) return;
  std::string line;
  for (const auto& word : words) line += (line.empty() ? "" : " ") + word;
  throw std::runtime_error(line + ": " + ended.complaint());
}

}  // namespace kerneltour::posix
