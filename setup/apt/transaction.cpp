#include "apt/transaction.hpp"

#include <apt-pkg/install-progress.h>
#include <apt-pkg/packagemanager.h>
#include <apt-pkg/pkgsystem.h>
#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "apt/acquire.hpp"
#include "apt/cache.hpp"
#include "apt/messages.hpp"
#include "apt/queued_archives.hpp"
#include "apt/transaction_report.hpp"
#include "posix/error.hpp"
#include "posix/fd.hpp"

namespace kerneltour::apt {
namespace {

/// Says to the other end of the pipe what an observer is told.
class Reporter : public Observer {
 public:
  explicit Reporter(int pipe) : pipe_(pipe) {}
  void waiting(const std::string& why) override { say(report_waiting, why); }
  void failed(const std::string& why) { say(report_error, why); }

 private:
  void say(std::string_view kind, std::string what) {
    std::replace(what.begin(), what.end(), '\n', ' ');
    const auto line = fmt::format("{}:{}\n", kind, what);
    if (write(pipe_, line.data(), line.size()) < 0) return;  // nobody listens any more: dpkg goes on
  }

  int pipe_;
};

/// A session of its own: what the terminal sends does not reach it. Its words go into the log, and nobody
/// answers questions.
void settle_down(const std::string& log) {
  setsid();
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_IGN);
  for (const int asking : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) signal(asking, SIG_DFL);
  const int null = open("/dev/null", O_RDONLY);
  const int words = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0640);
  if (null < 0 || words < 0) throw posix::SystemError("cannot write " + log, errno);
  dup2(null, STDIN_FILENO);
  dup2(words, STDOUT_FILENO);
  dup2(words, STDERR_FILENO);
  close(null);
  close(words);
  clearenv();
  setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
  setenv("LC_ALL", "C.UTF-8", 1);
  setenv("HOME", "/root", 1);
  setenv("DEBIAN_FRONTEND", "noninteractive", 1);
  setenv("APT_LISTCHANGES_FRONTEND", "none", 1);
}

void refuse_other_plan(const Plan& now, const std::vector<Step>& agreed) {
  if (!now.is_possible() || now.steps != agreed)
    throw Error("other packages have changed since this was planned; nothing was changed. Type it again");
}

/// Does it all, with the locks.
void act(const Session& session, const Transaction& transaction, int pipe) {
  Reporter reporter(pipe);
  Cache cache(session, transaction.indexes, true, reporter);
  refuse_other_plan(cache.plan(transaction.wish), transaction.agreed);
  AcquireStatus status(reporter);
  QueuedArchives queued(cache.opened());
  queued.fetcher.SetLog(&status);
  queued.lock();
  acquire_all(queued.fetcher);
  _system->UnLockInner();
  APT::Progress::PackageManagerProgressFd progress(pipe);
  const auto result = queued.manager->DoInstall(&progress);
  _system->LockInner();
  if (result != pkgPackageManager::Completed) fail("dpkg could not do it");
  take_messages();
}

[[noreturn]] void run_child(const Session& session, const Transaction& transaction, int pipe) {
  int status = 0;
  try {
    settle_down(transaction.log);
    act(session, transaction, pipe);
  } catch (const std::exception& error) {
    Reporter(pipe).failed(error.what());
    status = 1;
  }
  _exit(status);
}

/// What the child says, line by line, until it has ended. Its pipe is not the packages' scripts'.
TransactionReport listen(int pipe, Observer& observer) {
  TransactionReport report(observer);
  char bytes[4096];
  for (;;) {
    const ssize_t count = read(pipe, bytes, sizeof bytes);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return report;
    report.take({bytes, static_cast<std::size_t>(count)});
  }
}

int wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return status;
}

}  // namespace

void carry_out(const Session& session, const Transaction& transaction, Observer& observer) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw posix::SystemError("cannot make a pipe", errno);
  const posix::Fd reading(ends[0]);
  posix::Fd writing(ends[1]);
  const pid_t child = fork();
  if (child < 0) throw posix::SystemError("cannot make a process for dpkg", errno);
  if (child == 0) run_child(session, transaction, writing.get());
  writing.close();
  const auto report = listen(reading.get(), observer);
  if (const int status = wait_for(child); status != 0)
    throw Error(report.failure().empty()
                    ? fmt::format("the process that ran dpkg was stopped ({})",
                                  WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "exit")
                    : report.failure());
}

}  // namespace kerneltour::apt
