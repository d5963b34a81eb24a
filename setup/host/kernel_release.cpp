#include "host/kernel_release.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "posix/text.hpp"

namespace kerneltour::host {
namespace {

constexpr std::size_t longest = 64;  // include/uapi/linux/utsname.h: __NEW_UTS_LEN

// Flavours by the word that they begin with; more words may follow it ("aws-64k", "686-pae").
constexpr auto debian_flavours = std::to_array<std::string_view>({
    "4kc",        "5kc",        "686",        "alpha",      "amd64",       "arm64",      "armmp",
    "cloud",      "itanium",    "loongson",   "loong64",    "m68k",        "marvell",    "mckinley",
    "mips32r2eb", "mips32r2el", "mips32r6el", "mips64r2eb", "mips64r2el",  "mips64r6el", "octeon",
    "parisc",     "parisc64",   "powerpc",    "powerpc64",  "powerpc64le", "riscv64",    "rpi",
    "rt",         "s390x",      "sh7751r",    "sh7785lcr",  "sparc64",
});
constexpr auto ubuntu_flavours = std::to_array<std::string_view>({
    "allwinner", "aws",    "azure",    "bluefield", "fips",       "gcp",        "generic", "gke",    "gkeop",
    "ibm",       "intel",  "iot",      "kvm",       "laptop",     "lowlatency", "nvidia",  "oem",    "oracle",
    "raspi",     "raspi2", "realtime", "server",    "snapdragon", "starfive",   "virtual", "xilinx",
});

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

/// The number that `text` begins with, taken away from it; nullopt where there is none or it is too large.
std::optional<unsigned> take_number(std::string_view& text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// MAJOR.MINOR or MAJOR.MINOR.PATCH, taken away from the front of `text`.
std::optional<KernelVersion> take_version(std::string_view& text) {
  KernelVersion version;
  const auto major = take_number(text);
  if (!major || !take(text, ".")) return std::nullopt;
  const auto minor = take_number(text);
  if (!minor) return std::nullopt;
  version.major = *major;
  version.minor = *minor;
  if (text.size() > 1 && text[0] == '.' && is_digit(text[1])) {
    text.remove_prefix(1);
    const auto patch = take_number(text);
    if (!patch) return std::nullopt;
    version.patch = *patch;
  }
  return version;
}

/// N of "-rcN", or of ".rcN" as Fedora writes it, where no other letter or digit follows.
std::optional<unsigned> find_candidate(std::string_view rest) {
  for (std::size_t at = rest.find("rc"); at != rest.npos; at = rest.find("rc", at + 1)) {
    if (at == 0 || (rest[at - 1] != '-' && rest[at - 1] != '.')) continue;
    std::string_view behind = rest.substr(at + 2);
    const auto number = take_number(behind);
    if (number && (behind.empty() || !is_lower(behind.front()))) return number;
  }
  return std::nullopt;
}

/// The part of `rest` up to the next '-', taken away with it; nullopt where there is no '-'.
std::optional<std::string_view> take_part(std::string_view& rest) {
  const std::size_t dash = rest.find('-');
  if (dash == rest.npos) return std::nullopt;
  const std::string_view part = rest.substr(0, dash);
  rest.remove_prefix(dash + 1);
  return part;
}

template <std::size_t n>
bool begins_with_one_of(const std::array<std::string_view, n>& words, std::string_view flavour) {
  const std::string_view word = flavour.substr(0, flavour.find('-'));
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// 5.15.153.1-microsoft-standard-WSL2; 4.4.0-19041-Microsoft is WSL 1, which has no Linux kernel at all.
bool is_wsl(std::string_view rest, KernelRelease& release) {
  const std::string plain = lowered(rest);
  const std::size_t at = std::min(plain.find("-microsoft"), plain.find("-wsl"));
  if (at == std::string::npos) return false;
  release.flavour = rest.substr(at + 1);
  return true;
}

/// "-061708-generic" behind 6.17.8, "-061700rc6-generic" behind 6.17.0: the version again, in two digits each
/// (with three where the patch level needs them), the candidate, and the flavour.
bool is_ubuntu_mainline(std::string_view rest, KernelRelease& release) {
  if (!take(rest, "-")) return false;
  auto abi = take_part(rest);
  const std::string again = fmt::format("{:02}{:02}", release.version.major, release.version.minor);
  if (!abi || rest.empty() || !take(*abi, again)) return false;
  // Two digits of a patch level, or the candidate of a version that had none then: 3.0.0-0300rc1.
  const std::size_t digits = std::min(abi->find_first_not_of("0123456789"), abi->size());
  abi->remove_prefix(digits);
  if (digits < 2 && !abi->starts_with("rc")) return false;
  if (take(*abi, "rc")) release.candidate = take_number(*abi);
  release.flavour = rest;
  return true;
}

/// "-45-generic", "-1021-aws".
bool is_ubuntu(std::string_view rest, KernelRelease& release) {
  if (!take(rest, "-")) return false;
  const auto abi = take_part(rest);
  if (!abi || abi->size() > 4 || !all_digits(*abi) || !begins_with_one_of(ubuntu_flavours, rest))
    return false;
  release.flavour = rest;
  return true;
}

/// The ABI name of a Debian kernel: "56", "0.deb10.30", "0.bpo.5", "trunk", "rc7".
bool is_debian_abi(std::string_view part) {
  if (part == "trunk") return true;
  if (take(part, "rc")) return all_digits(part);
  if (!take_number(part)) return false;
  return part.empty() || part.starts_with(".deb") || part.starts_with(".bpo.");
}

/// "-56-amd64", "+bpo-cloud-amd64", "+deb13-amd64", "-0.deb10.30-amd64", "-amd64" (sid, no ABI number then).
bool is_debian(std::string_view rest, KernelRelease& release) {
  const bool tagged = rest.starts_with("+deb") || rest.starts_with("+bpo") || rest.starts_with("+unreleased");
  if (!tagged && !rest.starts_with("-")) return false;
  take_part(rest);
  for (std::string_view behind = rest; !begins_with_one_of(debian_flavours, rest); rest = behind) {
    const auto part = take_part(behind);
    if (!part || !is_debian_abi(*part)) return false;
  }
  release.flavour = rest;
  return true;
}

KernelOrigin origin_of(std::string_view rest, KernelRelease& release) {
  if (is_wsl(rest, release)) return KernelOrigin::wsl;
  if (is_ubuntu_mainline(rest, release)) return KernelOrigin::ubuntu_mainline;
  if (is_ubuntu(rest, release)) return KernelOrigin::ubuntu;
  if (is_debian(rest, release)) return KernelOrigin::debian;
  return KernelOrigin::other;
}

}  // namespace

std::optional<KernelRelease> parse_kernel_release(std::string_view text) {
  text = posix::trim(text);
  const bool nameable =
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f' && c != '/'; });
  if (text.size() > longest || !nameable) return std::nullopt;
  std::string_view rest = text;
  const auto version = take_version(rest);
  if (!version) return std::nullopt;
  KernelRelease release;
  release.text = text;
  release.version = *version;
  release.candidate = find_candidate(rest);
  release.origin = origin_of(rest, release);
  return release;
}

std::optional<KernelVersion> parse_kernel_version(std::string_view text) {
  const auto version = take_version(text);
  return text.empty() ? version : std::nullopt;
}

}  // namespace kerneltour::host
