#include "chapters/progress.hpp"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "posix/atomic_file.hpp"
#include "posix/error.hpp"
#include "posix/fd.hpp"
#include "posix/file.hpp"

namespace kerneltour::chapters {
namespace {

using Json = nlohmann::json;

/// A variable that holds an absolute path; anything else is as if it were not set.
std::optional<std::string> path_from(const char* variable) {
  const char* value = getenv(variable);
  if (!value || value[0] != '/') return std::nullopt;
  return value;
}

std::optional<std::string> home_in_passwd() {
  const passwd* entry = getpwuid(geteuid());
  if (!entry || entry->pw_dir[0] != '/') return std::nullopt;
  return entry->pw_dir;
}

Json to_json(const Progress& progress) {
  Json json = {{"schema", 1}, {"chapters", Json::object()}};
  for (const auto& [id, chapter] : progress)
    json["chapters"][id] = {{"next", chapter.next}, {"finished", chapter.finished}};
  return json;
}

/// Locks the directory until it is closed (flock(2)).
posix::Fd lock_directory(const std::string& directory) {
  posix::Fd file(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file || flock(file.get(), LOCK_EX) != 0) {
    const int error = errno;
    throw posix::SystemError("cannot lock " + directory, error);
  }
  return file;
}

}  // namespace

std::optional<std::string> progress_path(bool switched) {
  if (!switched) {
    if (const auto state = path_from("XDG_STATE_HOME")) return *state + "/kerneltour/progress.json";
  }
  const auto home = switched ? home_in_passwd() : path_from("HOME");
  if (!home) return std::nullopt;
  return *home + "/.local/state/kerneltour/progress.json";
}

Progress read_progress(const std::string& path) {
  const auto file = posix::read_file(AT_FDCWD, path.c_str());
  const auto json = Json::parse(file.text, nullptr, false);
  Progress progress;
  if (!json.is_object() || json.value("schema", 0) != 1) return progress;
  const auto chapters = json.value("chapters", Json::object());
  for (const auto& [id, chapter] : chapters.items()) {
    if (!chapter.is_object()) continue;
    const auto next = chapter.find("next");
    const auto finished = chapter.find("finished");
    progress[id] = {next != chapter.end() && next->is_string() ? next->get<std::string>() : std::string(),
                    finished != chapter.end() && finished->is_boolean() && finished->get<bool>()};
  }
  return progress;
}

void record_progress(const std::string& path, std::string_view chapter, const ChapterProgress& progress) {
  const auto directory = path.substr(0, path.rfind('/'));
  posix::make_directories(directory, 0700);
  const auto lock = lock_directory(directory);
  auto all = read_progress(path);
  all[std::string(chapter)] = progress;
  posix::replace_file(path, to_json(all).dump(2) + "\n", {.mode = 0600});
}

}  // namespace kerneltour::chapters
