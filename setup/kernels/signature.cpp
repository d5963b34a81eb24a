#include "kernels/signature.hpp"

#include <errno.h>
#include <fmt/format.h>

#include <stdexcept>
#include <vector>

#include "posix/error.hpp"
#include "posix/program.hpp"
#include "posix/text.hpp"

namespace kerneltour::kernels {
namespace {

constexpr const char* gpgv = "/usr/bin/gpgv";

/// One signature as gpgv tells of it: its verdict, and VALIDSIG behind it where the key has made it.
struct Signature {
  std::vector<std::string_view> verdict;  ///< "GOODSIG", key ID, user ID
  std::vector<std::string_view> valid;    ///< the words behind VALIDSIG
};

bool is_verdict(std::string_view word) {
  for (const std::string_view known : {"GOODSIG", "BADSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG", "ERRSIG"}) {
    if (word == known) return true;
  }
  return false;
}

std::vector<Signature> signatures_in(std::string_view status) {
  constexpr std::string_view mark = "[GNUPG:] ";
  std::vector<Signature> signatures;
  while (!status.empty()) {
    auto line = posix::take_line(status);
    if (!line.starts_with(mark)) continue;
    auto words = posix::words(line.substr(mark.size()));
    if (words.empty()) continue;
    if (is_verdict(words[0])) signatures.push_back({words, {}});
    if (words[0] == "VALIDSIG" && !signatures.empty())
      signatures.back().valid.assign(words.begin() + 1, words.end());
  }
  return signatures;
}

std::string_view word(const std::vector<std::string_view>& words, std::size_t at) {
  return at < words.size() ? words[at] : std::string_view();
}

/// SHA-2 (RFC 4880, 9.4). Judged here, of the signature alone: gpgv's --weak-digest SHA1 would refuse a key
/// whose own binding is by SHA-1 as well, as that of keys made before 2009 is. The fingerprint binds that.
bool is_strong(std::string_view digest) {
  return digest == "8" || digest == "9" || digest == "10" || digest == "11";
}

/// Where VALIDSIG has them: the fingerprint of the key, its primary key's, and the digest.
constexpr std::size_t key = 0, primary_key = 9, digest = 7;

std::string why_not_checked(const Signature& signature) {
  const auto reason = word(signature.verdict, 6);  // gpgv's number of it
  const auto by = word(signature.verdict, 1);
  if (reason == "9") return fmt::format("it was made by the key {}, which is not in the keyring", by);
  if (reason == "5") return "it was made with a digest that can be forged";
  if (reason == "4") return "it was made in a way that gpgv does not know";
  return fmt::format("gpgv cannot check it (reason {})", reason.empty() ? "unknown" : reason);
}

std::string problem_of(const Signature& signature, std::string_view fingerprint) {
  const auto verdict = word(signature.verdict, 0);
  if (verdict == "BADSIG") return "the file is not the one that was signed";
  if (verdict == "EXPSIG") return "it has expired";
  if (verdict == "EXPKEYSIG") return "the key that made it has expired";
  if (verdict == "REVKEYSIG") return "the key that made it was revoked";
  if (verdict == "ERRSIG") return why_not_checked(signature);
  const auto made_by = word(signature.valid, key);
  if (made_by.empty()) return "gpgv does not say which key made it";
  if (made_by != fingerprint && word(signature.valid, primary_key) != fingerprint)
    return fmt::format("it was made by the key {}, and not by {}", made_by, fingerprint);
  if (!is_strong(word(signature.valid, digest))) return "it was made with a digest that can be forged";
  return {};
}

}  // namespace

std::string signature_problem(std::string_view status, std::string_view fingerprint) {
  const auto signatures = signatures_in(status);
  if (signatures.empty()) return "there is no signature in it";
  for (const auto& signature : signatures) {
    if (problem_of(signature, fingerprint).empty()) return {};
  }
  return problem_of(signatures.front(), fingerprint);
}

void verify_signature(const std::string& signature, const std::string& file, const std::string& keyring,
                      std::string_view fingerprint) {
  posix::Ended ended;
  try {
    ended = posix::run_program({gpgv, "--status-fd", "1", "--keyring", keyring, "--", signature, file});
  } catch (const posix::SystemError& error) {
    if (error.error() != ENOENT) throw;
    throw std::runtime_error(fmt::format("{} is missing, which checks signatures; apt install gpgv", gpgv));
  }
  const auto problem = signature_problem(ended.output, fingerprint);
  if (!problem.empty()) throw std::runtime_error(fmt::format("its signature is refused: {}", problem));
}

}  // namespace kerneltour::kernels
