#pragma once

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "probes/answer.hpp"
#include "probes/catalogue.hpp"
#include "probes/ordinary_user.hpp"
#include "probes/user_namespace.hpp"

/// Places where a kernel feature is refused for real, made in a child and gone with it.
namespace kerneltour::tests {

inline constexpr probes::Identity nobody{65534, 65534};

inline probes::Identity ordinary_user() {
  return geteuid() == 0 ? nobody : probes::Identity{geteuid(), getegid()};
}

/// What `work` returns, run in a child.
inline std::string in_child(const std::function<std::string()>& work) {
  posix::Child child([&](int answer) {
    const std::string text = work();
    if (write(answer, text.data(), text.size()) < 0) _exit(1);
  });
  const auto answer = child.answer(std::chrono::steady_clock::now() + std::chrono::seconds(20));
  return answer.in_time ? answer.bytes : "hung";
}

/// The outcome of one probe, asked as kerneltour asks it.
inline probes::Outcome ask(probes::Id id, probes::Identity ordinary = ordinary_user(),
                           std::chrono::milliseconds limit = std::chrono::seconds(10)) {
  probes::Asking asking({&id, 1}, ordinary, limit);
  return asking.collect()[id];
}

/// The outcome of a probe asked in a child, where `prepare` has changed the surroundings.
inline probes::Outcome ask_where(const std::function<bool()>& prepare, probes::Id id,
                                 std::chrono::milliseconds limit = std::chrono::seconds(10)) {
  const std::string bytes = in_child([&]() -> std::string {
    if (!prepare()) return "not prepared";
    const probes::Outcome outcome = ask(id, {geteuid(), getegid()}, limit);
    return outcome.result == probes::Outcome::Result::timed_out ? "timed out" : to_bytes(outcome);
  });
  if (bytes == "timed out") return {probes::Outcome::Result::timed_out, {}, 0};
  if (bytes == "not prepared" || bytes == "hung") return {probes::Outcome::Result::not_asked, bytes, 0};
  return probes::from_bytes(bytes);
}

inline bool in_user_namespace() {
  probes::LastCall last;
  return probes::enter_user_namespace(last);
}

/// Root in a user namespace, with mounts of its own.
inline bool with_own_mounts() {
  return in_user_namespace() && unshare(CLONE_NEWNS) == 0 &&
         mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

inline bool write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  return static_cast<bool>(file << text << std::flush);
}

inline std::string read_file(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A directory that is gone with this object.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    if (!mkdtemp(path_.data())) abort();
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/kerneltour-probes-XXXXXX";
};

}  // namespace kerneltour::tests
