#include "kernels/armor.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include "support/openpgp_key.hpp"

using namespace kerneltour::kernels;
using kerneltour::tests::OpenpgpKey;

namespace {

const std::string begin = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n",
                  end = "-----END PGP PUBLIC KEY BLOCK-----\n";
// Four bytes of a public key packet, and their CRC-24.
const std::string bytes = "\x99\x01\x0d\x04", base64 = "mQENBA==\n", sum = "=pFdJ\n";

std::string refusal(const std::string& text) {
  try {
    binary_keyring(text);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("a key that gpg has armored is the key that it exports") {
  const OpenpgpKey key("Kernel PPA");
  const auto binary = key.exported(), armored = key.exported({"--armor"});
  CHECK(binary_keyring(armored) == binary);
  CHECK(binary_keyring("a page\n" + armored + "\nof two\n" + armored) == binary + binary);
  CHECK(binary_keyring(binary) == binary);
  auto damaged = armored;
  damaged[damaged.find("\n\n") + 100] ^= 1;  // another digit of base64, mostly
  CHECK(refusal(damaged).starts_with("has a damaged key: "));
}

TEST_CASE("armor has headers, or none, and a checksum, or none") {
  CHECK(binary_keyring(begin + "\n" + base64 + sum + end) == bytes);
  CHECK(binary_keyring(begin + "Version: GnuPG v1\nComment: x\n\n" + base64 + sum + end) == bytes);
  CHECK(binary_keyring(begin + "\r\n" + base64 + end) == bytes);
  CHECK(binary_keyring(begin + "\nmQE\nNBA==\n" + sum + end) == bytes);
}

TEST_CASE("keys as binary files are left alone: packets and GnuPG's keybox") {
  CHECK(binary_keyring(bytes) == bytes);
  const std::string keybox("\0\0\0\x20\x01\x01\0\2KBXf\0\0", 14);
  CHECK(binary_keyring(keybox) == keybox);
}

TEST_CASE("an armor that is damaged is refused, and how is said") {
  CHECK(refusal(begin + "\nmQENBQ==\n" + sum + end) == "has a damaged key: its checksum is wrong");
  for (const auto* wrong : {"=\n", "=pFd\n", "=pFdJG\n", "=pFd=\n", "=????\n"})
    CHECK(refusal(begin + "\n" + base64 + wrong + end).starts_with("has a damaged key: "));
  CHECK(refusal(begin + "\nmQENBA=\n" + end) == "has a damaged key: a part of it is missing");
  CHECK(refusal(begin + "\nmQ==NBAA\n" + end) == "has a damaged key: it is not base64");
  CHECK(refusal(begin + "\nm===\n" + end) == "has a damaged key: it is not base64");
  CHECK(refusal(begin + "\n" + base64 + sum) == "has a damaged key: its end is missing");
  CHECK(refusal(begin + "\n" + base64 + sum + base64 + end) ==
        "has a damaged key: more follows on its checksum");
  CHECK(refusal(begin + "\n" + end) == "has a damaged key: there is none in it");
  CHECK(refusal(begin + "\nPGh0bWw+\n" + end) == "has a damaged key: there is none in it");
}

TEST_CASE("what is no public key is refused") {
  for (const auto* text : {"", "\n", "<html>No results found</html>",
                           "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQEN\n"
                           "-----END PGP PRIVATE KEY BLOCK-----\n"}) {
    CAPTURE(text);
    CHECK(refusal(text) == "has no public key in it");
  }
}
