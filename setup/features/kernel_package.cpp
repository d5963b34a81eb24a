#include "features/kernel_package.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

namespace kerneltour::features {
namespace {

/// `uname -m`, and the flavour in the names of Debian's kernel packages.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> debian_flavours = {{
    {"x86_64", "amd64"},
    {"aarch64", "arm64"},
    {"armv7l", "armmp"},
    {"i686", "686"},
    {"ppc64le", "powerpc64le"},
    {"riscv64", "riscv64"},
    {"s390x", "s390x"},
    {"loongarch64", "loong64"},
}};

/// A kernel that a release of a distribution has, by the name of its package for a flavour, oldest first.
struct Offer {
  std::string_view distribution;
  std::string_view release;
  std::string_view before_flavour;
  std::string_view after_flavour;
  host::KernelVersion version;  ///< at least
};

/// Releases whose kernels stop at a version. Ubuntu's are those of hardware enablement
/// (wiki.ubuntu.com/Kernel/LTSEnablementStack); the second ones of Debian are in its security archive.
constexpr Offer offers[] = {
    {"debian", "10", "linux-image-5.10-", "", {5, 10, 0}},
    {"debian", "11", "linux-image-", "", {5, 10, 0}},
    {"debian", "11", "linux-image-6.1-", "", {6, 1, 0}},
    {"debian", "12", "linux-image-", "", {6, 1, 0}},
    {"debian", "13", "linux-image-", "", {6, 12, 0}},
    {"ubuntu", "18.04", "linux-", "-hwe-18.04", {5, 4, 0}},
    {"ubuntu", "20.04", "linux-", "-hwe-20.04", {5, 15, 0}},
    {"ubuntu", "22.04", "linux-", "-hwe-22.04", {6, 8, 0}},
    {"ubuntu", "24.04", "linux-", "-hwe-24.04", {6, 14, 0}},
};

std::string_view debian_flavour(std::string_view architecture) {
  for (const auto& [machine, flavour] : debian_flavours) {
    if (machine == architecture) return flavour;
  }
  return {};
}

/// The flavour that the running kernel has, where it is the distribution's own; else the usual one.
std::string flavour_of(const host::Facts& facts, host::KernelOrigin origin, std::string_view usual) {
  const bool own = facts.release && facts.release->origin == origin && !facts.release->flavour.empty();
  return own ? facts.release->flavour : std::string(usual);
}

/// Of a release that the table has, the first kernel that is new enough; of any other the one that moves on.
std::optional<KernelPackage> choose(const host::BaseRelease& base, const std::string& flavour,
                                    std::string_view unlisted, host::KernelVersion at_least) {
  bool listed = false;
  for (const auto& offer : offers) {
    if (base.distribution != offer.distribution || base.version != offer.release) continue;
    listed = true;
    if (offer.version >= at_least)
      return KernelPackage{fmt::format("{}{}{}", offer.before_flavour, flavour, offer.after_flavour),
                           offer.version};
  }
  if (listed) return std::nullopt;
  return KernelPackage{fmt::format("{}{}", unlisted, flavour), std::nullopt};
}

/// Debian 13 is the first without kernels for 32-bit PCs (its release notes, "Reduced support for i386").
bool has_kernel_for_i686(const host::BaseRelease& base) {
  const auto version = host::parse_kernel_version(base.version + ".0");
  return !base.newest && (!version || version->major < 13);
}

std::optional<KernelPackage> debian_package(const host::Facts& facts, const host::BaseRelease& base,
                                            host::KernelVersion at_least) {
  const auto usual = debian_flavour(facts.architecture);
  if (usual.empty() || (usual == "686" && !has_kernel_for_i686(base))) return std::nullopt;
  return choose(base, flavour_of(facts, host::KernelOrigin::debian, usual), "linux-image-", at_least);
}

std::optional<KernelPackage> ubuntu_package(const host::Facts& facts, const host::BaseRelease& base,
                                            host::KernelVersion at_least) {
  const auto flavour = flavour_of(facts, host::KernelOrigin::ubuntu, "generic");
  auto package = choose(base, flavour, "linux-", at_least);
  // The kernels for clouds move on in packages of their own name.
  const bool enablement = flavour == "generic" || flavour == "lowlatency";
  if (!package || enablement) return package;
  return KernelPackage{"linux-" + flavour, std::nullopt};
}

}  // namespace

std::optional<KernelPackage> kernel_package(const host::Facts& facts, host::KernelVersion at_least) {
  const auto base = host::base_of(facts.os);
  if (base.distribution == "ubuntu") return ubuntu_package(facts, base, at_least);
  if (base.distribution == "debian") return debian_package(facts, base, at_least);
  return std::nullopt;
}

bool is_own_kernel(const host::Facts& facts) {
  const auto distribution = host::base_of(facts.os).distribution;
  if (!facts.release) return false;
  return (distribution == "debian" && facts.release->origin == host::KernelOrigin::debian) ||
         (distribution == "ubuntu" && facts.release->origin == host::KernelOrigin::ubuntu);
}

}  // namespace kerneltour::features
