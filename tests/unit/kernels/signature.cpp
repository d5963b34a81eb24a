#include "kernels/signature.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include "support/openpgp_key.hpp"

using namespace kerneltour::kernels;
using kerneltour::tests::OpenpgpKey;
using kerneltour::tests::Tree;

namespace {

// What gpgv 2.2.40 wrote for keys that were made for it.
constexpr const char* ours = "3014A217A6B83292D5B028DF9D58EB8975DEC5CE";
const std::string good =
    "[GNUPG:] NEWSIG\n"
    "[GNUPG:] KEY_CONSIDERED 3014A217A6B83292D5B028DF9D58EB8975DEC5CE 0\n"
    "[GNUPG:] SIG_ID 3M2UKVM4kP0EQ4cw/WE0YJ9j70w 2026-11-25 1795645911\n"
    "[GNUPG:] KEY_CONSIDERED 3014A217A6B83292D5B028DF9D58EB8975DEC5CE 0\n"
    "[GNUPG:] GOODSIG 9D58EB8975DEC5CE Kernel PPA one <one@example.org>\n"
    "[GNUPG:] VALIDSIG 3014A217A6B83292D5B028DF9D58EB8975DEC5CE 2026-11-25 1795645911 0 4 0 1 10 00 "
    "3014A217A6B83292D5B028DF9D58EB8975DEC5CE\n";
const std::string by_another =
    "[GNUPG:] NEWSIG\n"
    "[GNUPG:] GOODSIG 9E7F1FD2B97D2358 Kernel PPA other <other@example.org>\n"
    "[GNUPG:] VALIDSIG D492B0A213CD3508F813D05C9E7F1FD2B97D2358 2026-11-25 1795645911 0 4 0 1 10 00 "
    "D492B0A213CD3508F813D05C9E7F1FD2B97D2358\n";
const std::string by_a_subkey =
    "[GNUPG:] NEWSIG\n"
    "[GNUPG:] GOODSIG 6F8D85F8ABD26D24 Kernel PPA sub\n"
    "[GNUPG:] VALIDSIG 9A5C4257F79F20733CCCC8EC6F8D85F8ABD26D24 2026-11-25 1795646052 0 4 0 1 10 00 "
    "AA637E8B90DE847231F8E4AB679A16E0061BC62C\n";
const std::string bad =
    "[GNUPG:] NEWSIG\n"
    "[GNUPG:] BADSIG 9D58EB8975DEC5CE Kernel PPA one <one@example.org>\n";

std::string replaced(std::string text, const std::string& old, const std::string& by) {
  return text.replace(text.find(old), old.size(), by);
}

}  // namespace

TEST_CASE("a signature by the key, or by a subkey of it, is good") {
  CHECK(signature_problem(good, ours) == "");
  CHECK(signature_problem(by_a_subkey, "AA637E8B90DE847231F8E4AB679A16E0061BC62C") == "");
  CHECK(signature_problem(by_a_subkey, "9A5C4257F79F20733CCCC8EC6F8D85F8ABD26D24") == "");
}

TEST_CASE("a good signature by another key of the ring is refused") {
  CHECK(signature_problem(by_another, ours) ==
        "it was made by the key D492B0A213CD3508F813D05C9E7F1FD2B97D2358, and not by " + std::string(ours));
}

TEST_CASE("each kind of bad signature has its own sentence") {
  CHECK(signature_problem(bad, ours) == "the file is not the one that was signed");
  CHECK(signature_problem(replaced(good, "GOODSIG", "EXPSIG"), ours) == "it has expired");
  CHECK(signature_problem(replaced(good, "GOODSIG", "EXPKEYSIG"), ours) ==
        "the key that made it has expired");
  CHECK(signature_problem(replaced(good, "GOODSIG", "REVKEYSIG"), ours) ==
        "the key that made it was revoked");
  CHECK(signature_problem("[GNUPG:] NODATA 1\n[GNUPG:] NODATA 2\n", ours) == "there is no signature in it");
  CHECK(signature_problem("", ours) == "there is no signature in it");

  const std::string error = "[GNUPG:] ERRSIG 9D58EB8975DEC5CE 1 2 00 1795645911 ";
  CHECK(signature_problem(error + "9 " + ours + "\n[GNUPG:] NO_PUBKEY 9D58EB8975DEC5CE\n", ours) ==
        "it was made by the key 9D58EB8975DEC5CE, which is not in the keyring");
  CHECK(signature_problem(error + "5 " + ours, ours) == "it was made with a digest that can be forged");
  CHECK(signature_problem(error + "4 -", ours) == "it was made in a way that gpgv does not know");
  CHECK(signature_problem(error + "6 " + ours, ours) == "gpgv cannot check it (reason 6)");
  CHECK(signature_problem("[GNUPG:] ERRSIG", ours) == "gpgv cannot check it (reason unknown)");
}

TEST_CASE("a digest that can be forged is refused: MD5, SHA-1, RIPEMD-160, and what is not known") {
  for (const auto* digest : {"1", "2", "3", "0", "12", "x"}) {
    CAPTURE(digest);
    CHECK(signature_problem(replaced(good, " 1 10 00 ", " 1 " + std::string(digest) + " 00 "), ours) ==
          "it was made with a digest that can be forged");
  }
  for (const auto* digest : {"8", "9", "10", "11"})
    CHECK(signature_problem(replaced(good, " 1 10 00 ", " 1 " + std::string(digest) + " 00 "), ours) == "");
}

TEST_CASE("good alone is not enough, and neither is valid") {
  const auto valid = good.find("[GNUPG:] VALIDSIG");
  CHECK(signature_problem(good.substr(0, valid), ours) == "gpgv does not say which key made it");
  CHECK(signature_problem(good.substr(valid), ours) == "there is no signature in it");
  CHECK(signature_problem("[GNUPG:] GOODSIG x\n[GNUPG:] VALIDSIG\n", ours) ==
        "gpgv does not say which key made it");
  // The valid one belongs to another verdict.
  CHECK(signature_problem(good.substr(0, valid) + bad + good.substr(valid), ours) != "");
  CHECK(signature_problem(bad + good.substr(valid), ours) == "the file is not the one that was signed");
}

TEST_CASE("of several signatures one by the key is enough, else the first one is told of") {
  CHECK(signature_problem(by_another + good, ours) == "");
  CHECK(signature_problem(bad + by_another, ours) == "the file is not the one that was signed");
}

TEST_CASE("what is no line of status does not count") {
  for (const auto& line : {"gpgv: [GNUPG:] ", " [GNUPG:] ", "[GNUPG:]"}) {
    CAPTURE(line);
    CHECK(signature_problem(line + good.substr(good.find("GOODSIG"), 20) + "\n" +
                                replaced(good.substr(good.find("[GNUPG:] VALIDSIG")), "[GNUPG:] ", line),
                            ours) == "there is no signature in it");
  }
}

namespace {

/// Signed files, and what verify_signature() says of them.
struct Signed {
  Tree tree;

  Signed() { tree.file("/file", "sums\n").file("/ring", ""); }
  std::string refusal(const std::string& fingerprint) const {
    try {
      verify_signature(tree.real("/sig"), tree.real("/file"), tree.real("/ring"), fingerprint);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return {};
  }
};

}  // namespace

TEST_CASE("gpgv and real keys: what is signed by the key is good, and nothing else is") {
  const OpenpgpKey key("Kernel PPA"), other("Another");
  Signed at;
  at.tree.file("/ring", key.exported() + other.exported());
  at.tree.file("/sig", key.sign(at.tree.real("/file")));
  CHECK(at.refusal(key.fingerprint()) == "");
  CHECK(at.refusal(other.fingerprint()) == "its signature is refused: it was made by the key " +
                                               key.fingerprint() + ", and not by " + other.fingerprint());
  at.tree.file("/sig", key.sign(at.tree.real("/file"), {"--armor"}));
  CHECK(at.refusal(key.fingerprint()) == "");

  at.tree.file("/sig", key.sign(at.tree.real("/file"), {"--digest-algo", "SHA1"}));
  CHECK(at.refusal(key.fingerprint()) ==
        "its signature is refused: it was made with a digest that can be forged");

  at.tree.file("/sig", key.sign(at.tree.real("/file"))).file("/file", "sumz\n");
  CHECK(at.refusal(key.fingerprint()) == "its signature is refused: the file is not the one that was signed");
  at.tree.file("/sig", "sums\n");
  CHECK(at.refusal(key.fingerprint()) == "its signature is refused: there is no signature in it");
  at.tree.file("/sig", key.sign(at.tree.real("/file"))).file("/ring", other.exported());
  CHECK(at.refusal(key.fingerprint()).ends_with("which is not in the keyring"));
}

TEST_CASE("gpgv and real keys: the key's own binding may be by SHA-1, as in 2008") {
  const OpenpgpKey old("Kernel PPA", "never", {"--cert-digest-algo", "SHA1"});
  Signed at;
  at.tree.file("/ring", old.exported()).file("/sig", old.sign(at.tree.real("/file")));
  CHECK(at.refusal(old.fingerprint()) == "");
}

TEST_CASE("gpgv and real keys: expired and revoked ones are refused") {
  const OpenpgpKey expired("Kernel PPA", "1y", {"--faked-system-time", "20200101T000000"});
  Signed at;
  at.tree.file("/ring", expired.exported());
  at.tree.file("/sig", expired.sign(at.tree.real("/file"), {"--faked-system-time", "20200102T000000"}));
  CHECK(at.refusal(expired.fingerprint()) == "its signature is refused: the key that made it has expired");

  OpenpgpKey revoked("Kernel PPA");
  at.tree.file("/sig", revoked.sign(at.tree.real("/file")));
  revoked.import(revoked.revocation());
  at.tree.file("/ring", revoked.exported());
  CHECK(at.refusal(revoked.fingerprint()) == "its signature is refused: the key that made it was revoked");
}
