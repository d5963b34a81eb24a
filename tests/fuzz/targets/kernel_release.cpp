#include "host/kernel_release.hpp"

#include <string>

#include "fuzz/target.hpp"

namespace kerneltour::fuzz {
namespace {

std::string print(const host::KernelVersion& version) {
  return std::to_string(version.major) + '.' + std::to_string(version.minor) + '.' +
         std::to_string(version.patch);
}

bool same(const host::KernelRelease& one, const host::KernelRelease& other) {
  return one.text == other.text && one.version == other.version && one.candidate == other.candidate &&
         one.origin == other.origin && one.flavour == other.flavour;
}

}  // namespace

void target(std::string_view text) {
  if (const auto version = host::parse_kernel_version(text))
    must(host::parse_kernel_version(print(*version)) == version, "a version printed reads as itself");

  const auto release = host::parse_kernel_release(text);
  if (!release) return;
  must(release->text.size() <= 64, "a release is no longer than __NEW_UTS_LEN");
  must(text.find(release->text) != text.npos, "a release's text is from the input");
  must(release->text.find(release->flavour) != release->text.npos, "a flavour is from the release's text");
  must(release->at_least(release->version), "a release is at least its own version");

  const auto again = host::parse_kernel_release(" " + release->text + "\n");
  must(again && same(*again, *release), "white space around a release makes no difference");
}

}  // namespace kerneltour::fuzz
