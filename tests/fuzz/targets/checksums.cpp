#include "kernels/checksums.hpp"

#include <stdexcept>

#include "fuzz/target.hpp"
#include "kernels/mainline_build.hpp"

namespace kerneltour::fuzz {
namespace {

std::string print(const kernels::Checksums& sums) {
  std::string text = "# Checksums-Sha256:\n";
  for (const auto& [name, sha256] : sums) text += sha256 + "  " + name + "\n";
  return text;
}

void is_listed(const kernels::MainlineFile& file, const kernels::Checksums& sums,
               const kernels::MainlineBuild& build) {
  must(sums.at(file.name) == file.sha256, "a file of a build has the sum that is listed");
  must(file.version == build.version, "all files of a build are of one version");
}

/// A version that the sums may be of: that of the first image.
void choose(const kernels::Checksums& sums, std::string_view folder, std::string_view architecture) {
  const auto version = *kernels::parse_mainline_version(folder);
  const auto chosen = kernels::choose_build(sums, version, architecture);
  must(chosen.build.has_value() == chosen.reason.empty(), "there is a build, or a reason");
  if (!chosen.build) return;
  const auto release = host::parse_kernel_release(chosen.build->release);
  must(release && release->version == version.number && release->candidate == version.candidate,
       "a build's release is of the version that was asked for");
  is_listed(chosen.build->image, sums, *chosen.build);
  must(chosen.build->image.architecture == architecture,
       "an image is of the architecture that was asked for");
  if (chosen.build->modules) is_listed(*chosen.build->modules, sums, *chosen.build);
  must(chosen.build->headers.empty() || chosen.build->headers.size() == 2, "headers come in a pair");
  for (const auto& file : chosen.build->headers) is_listed(file, sums, *chosen.build);
}

}  // namespace

void target(std::string_view text) try {
  const auto sums = kernels::parse_checksums(text);
  must(!sums.empty(), "what is not refused has a sum");
  for (const auto& [name, sha256] : sums) {
    must(kernels::is_plain_file_name(name), "a name is the name of a file");
    must(name.find('/') == name.npos && name != "." && name != "..", "a name is no path");
    must(kernels::is_sha256(sha256), "a sum is a SHA-256");
  }
  must(kernels::parse_checksums(print(sums)) == sums, "sums printed read as themselves");
  for (const auto* folder : {"v6.17.8", "v6.17-rc6", "v4.20", "v4.15.18"}) choose(sums, folder, "amd64");
} catch (const std::runtime_error& error) {
  must(std::string_view(error.what()).starts_with("CHECKSUMS"), "what is refused is named");
}

}  // namespace kerneltour::fuzz
