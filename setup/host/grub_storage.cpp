#include "host/grub_storage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>

#include "host/host.hpp"
#include "host/programs.hpp"
#include "posix/program.hpp"
#include "posix/text.hpp"

namespace kerneltour::host {
namespace {

using Writable = GrubStorage::Writable;

constexpr const char* directory = "/boot/grub";

bool is_read_only(std::string_view abstraction) {
  return abstraction == "lvm" || abstraction == "diskfilter" || abstraction.starts_with("mdraid") ||
         abstraction.starts_with("raid") || abstraction == "dm_nv" || abstraction == "ldm";
}

bool is_read_only_file_system(std::string_view name) {
  constexpr auto names =
      std::to_array<std::string_view>({"btrfs", "cpiofs", "newc", "odc", "romfs", "squash4", "tarfs", "zfs"});
  return std::find(names.begin(), names.end(), name) != names.end();
}

GrubStorage cannot_tell(std::string reason) { return {Writable::unknown, std::move(reason)}; }

}  // namespace

GrubStorage judge_grub_storage(std::string_view abstractions, std::string_view file_system) {
  for (const auto abstraction : posix::words(abstractions)) {
    if (is_read_only(abstraction))
      return {Writable::no, fmt::format("{} is on {}, to which GRUB cannot write", directory, abstraction)};
  }
  const auto name = posix::trim(file_system);
  if (name.empty()) return cannot_tell("grub-probe names no file system");
  if (is_read_only_file_system(name))
    return {Writable::no, fmt::format("{} is on {}, to which GRUB cannot write", directory, name)};
  return {Writable::yes, {}};
}

GrubStorage read_grub_storage(const Host& host) {
  if (!host.live()) return cannot_tell("only on the running host can GRUB be asked what it can write to");
  const auto probe = find_program(host, "grub-probe");
  if (!probe) return cannot_tell("there is no grub-probe here");
  std::array<std::string, 2> answers;
  constexpr std::array<const char*, 2> targets = {"--target=abstraction", "--target=fs"};
  try {
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const auto ended = posix::run_program({probe->path, targets[i], directory});
      if (ended.status != 0) return cannot_tell(ended.complaint());
      answers[i] = ended.output;
    }
  } catch (const std::exception& error) {
    return cannot_tell(error.what());
  }
  return judge_grub_storage(answers[0], answers[1]);
}

}  // namespace kerneltour::host
