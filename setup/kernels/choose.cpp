#include "kernels/choose.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kerneltour::kernels {
namespace {

std::string_view without_v(std::string_view name) {
  return name.size() > 1 && name[0] == 'v' && name[1] >= '0' && name[1] <= '9' ? name.substr(1) : name;
}

bool has_metapackage(const Kernel& kernel, std::string_view name) {
  return std::find(kernel.metapackages.begin(), kernel.metapackages.end(), name) != kernel.metapackages.end();
}

bool is_named(const Kernel& kernel, std::string_view name) {
  return kernel.release.text == name || kernel.package == name || has_metapackage(kernel, name) ||
         kernel.version == without_v(name);
}

/// Where one name fits several, what is installed and what is signed come first; the list is newest first.
int rank_of_named(const Kernel& kernel) {
  return (kernel.installed ? 0 : 4) + (kernel.is_signed ? 0 : 2) +
         (kernel.source == Source::mainline ? 1 : 0);
}

std::optional<Choice> choose_named(const std::vector<Kernel>& kernels, const Need& need) {
  const Kernel* best = nullptr;
  for (const auto& kernel : kernels) {
    if (!is_named(kernel, need.named)) continue;
    if (!best || (!has_metapackage(kernel, need.named) && rank_of_named(kernel) < rank_of_named(*best)))
      best = &kernel;
  }
  if (!best) return std::nullopt;
  if (has_metapackage(*best, need.named))
    return Choice{*best, need.named, fmt::format("{} brings it, and what follows it", need.named)};
  return Choice{*best, {}, "it was named"};
}

/// What comes before what, where nobody named any.
enum class Class { candidate, signed_one, distribution, mainline };

Class class_of(const Kernel& kernel) {
  if (kernel.source == Source::mainline) return Class::mainline;
  if (!kernel.is_signed) return Class::distribution;
  return kernel.is_candidate && !kernel.metapackages.empty() ? Class::candidate : Class::signed_one;
}

std::string reason_of(const Kernel& kernel, const Need& need) {
  const auto enough = fmt::format("{}.{} or later", need.at_least.major, need.at_least.minor);
  switch (class_of(kernel)) {
    case Class::candidate:
      return fmt::format("the newest of {} that is {} and signed", kernel.origin, enough);
    case Class::signed_one:
      return fmt::format("the newest signed one that is {}; it comes from {}", enough, kernel.origin);
    case Class::distribution:
      return fmt::format("the newest of {} that is {}; none of them is signed", kernel.origin, enough);
    case Class::mainline:
      break;
  }
  return fmt::format(
      "APT's sources have none that is {}; this is the newest stable one of the mainline archive", enough);
}

/// Another flavour of the distribution's rather than a mainline kernel.
enum class Among { own_flavour, distribution, all };

bool is_among(const Kernel& kernel, const Need& need, Among among) {
  switch (among) {
    case Among::own_flavour:
      return kernel.source != Source::mainline && kernel.release.flavour == need.flavour;
    case Among::distribution:
      return kernel.source != Source::mainline;
    case Among::all:
      break;
  }
  return true;
}

bool is_eligible(const Kernel& kernel, const Need& need) {
  if (kernel.source == Source::installed && kernel.package.empty()) return false;
  const auto version = host::parse_kernel_release(kernel.version);
  if (!version || version->candidate || kernel.release.candidate) return false;
  if (!version->at_least(need.at_least)) return false;
  return true;
}

/// The most particular one: linux-image-amd64 rather than what depends on it.
std::string metapackage_of(const Kernel& kernel) {
  const auto& names = kernel.metapackages;
  const auto image = std::find_if(names.begin(), names.end(),
                                  [](const std::string& name) { return name.starts_with("linux-image-"); });
  if (image != names.end()) return *image;
  return names.empty() ? std::string() : names.front();
}

std::optional<Choice> choose_best(const std::vector<Kernel>& kernels, const Need& need, Among among) {
  const Kernel* best = nullptr;
  for (const auto& kernel : kernels) {
    if (is_eligible(kernel, need) && is_among(kernel, need, among) &&
        (!best || class_of(kernel) < class_of(*best)))
      best = &kernel;
  }
  if (!best) return std::nullopt;
  return Choice{*best, best->is_candidate ? metapackage_of(*best) : std::string(), reason_of(*best, need)};
}

}  // namespace

std::optional<Choice> choose(const std::vector<Kernel>& kernels, const Need& need) {
  if (!need.named.empty()) return choose_named(kernels, need);
  for (const auto among : {Among::own_flavour, Among::distribution, Among::all}) {
    if (among == Among::own_flavour && need.flavour.empty()) continue;
    if (auto choice = choose_best(kernels, need, among)) return choice;
  }
  return std::nullopt;
}

}  // namespace kerneltour::kernels
