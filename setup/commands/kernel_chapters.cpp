#include "commands/kernel_chapters.hpp"

#include <algorithm>

#include "chapters/catalogue.hpp"
#include "commands/kernel_judgement.hpp"
#include "commands/subjects.hpp"
#include "features/catalogue.hpp"
#include "features/judging.hpp"

namespace kerneltour::commands {
namespace {

using features::Feature;

/// The features that a kernel of this version has.
std::vector<const Feature*> features_of_version(const host::KernelRelease& release) {
  std::vector<const Feature*> found;
  for (const auto* feature : features::catalogue()) {
    const auto since = host::parse_kernel_version(feature->since);
    if (!since || release.at_least(*since)) found.push_back(feature);
  }
  return found;
}

/// Those of them that the configuration of an installed kernel leaves in.
std::vector<const Feature*> configured(std::vector<const Feature*> found, const host::Host& host,
                                       const kernels::Kernel& kernel) {
  host::OtherKernel other;
  other.release = kernel.release.text;
  const auto facts = host::read_facts(host, features::programs(), other);
  for (const auto& [feature, verdict] : features::judge_facts(found, facts, subjects_of(facts, std::nullopt)))
    if (is_lacking(verdict)) std::erase(found, feature);
  return found;
}

}  // namespace

std::vector<unsigned> KernelChapters::of(const kernels::Kernel& kernel) const {
  const auto version = host::parse_kernel_release(kernel.version).value_or(kernel.release);
  auto found = features_of_version(version);
  if (kernel.installed) found = configured(std::move(found), host_, kernel);
  std::vector<unsigned> numbers;
  for (const auto& chapter : chapters::catalogue()) {
    const bool can = std::ranges::all_of(chapter.needs, [&](const std::string& id) {
      return std::ranges::find(found, features::find(id)) != found.end();
    });
    if (can) numbers.push_back(chapter.number);
  }
  return numbers;
}

}  // namespace kerneltour::commands
