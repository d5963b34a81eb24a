// Runs one command and prints what it cost: wall time, CPU time (user and system) in microseconds, peak
// memory in KiB, and its exit code, or minus the signal that ended it.
//
//   measure [-u UID:GID] PROGRAM [ARGUMENT..]
//
// A program of its own, because a child's ru_maxrss begins with the memory of the process that started it
// (exec keeps the high-water mark: fs/exec.c, exec_mmap), and an interpreter's would hide what is measured.

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

namespace {

long microseconds(const timeval& time) { return time.tv_sec * 1000000L + time.tv_usec; }

long now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000L + time.tv_nsec / 1000;
}

int fail(const char* doing) {
  fprintf(stderr, "measure: %s: %s\n", doing, strerror(errno));
  return 125;
}

/// Becomes the user of "UID:GID", for good.
bool become(const char* identity) {
  unsigned uid = 0;
  unsigned gid = 0;
  if (sscanf(identity, "%u:%u", &uid, &gid) != 2) return errno = EINVAL, false;
  return setgroups(0, nullptr) == 0 && setgid(gid) == 0 && setuid(uid) == 0;
}

/// Standard input, output and error: nothing to read, and nobody who does.
bool quieten() {
  const int null = open("/dev/null", O_RDWR);
  return null >= 0 && dup2(null, 0) == 0 && dup2(null, 1) == 1 && dup2(null, 2) == 2;
}

}  // namespace

int main(int argc, char** argv) {
  char** command = argv + 1;
  if (argc > 2 && strcmp(argv[1], "-u") == 0) {
    if (!become(argv[2])) return fail("cannot become the user");
    command += 2;
  }
  if (!*command) return errno = EINVAL, fail("no command");

  const long start = now();
  const pid_t child = vfork();
  if (child < 0) return fail("cannot start a process");
  if (child == 0) {
    if (quieten()) execvp(*command, command);
    _exit(127);
  }
  int status = 0;
  rusage used{};
  if (wait4(child, &status, 0, &used) != child) return fail("cannot wait");
  const long wall = now() - start;
  printf("%ld %ld %ld %d\n", wall, microseconds(used.ru_utime) + microseconds(used.ru_stime), used.ru_maxrss,
         WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
  return 0;
}
