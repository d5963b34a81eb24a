#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "posix/program.hpp"
#include "support/tree.hpp"

namespace kerneltour::tests {

/// A key pair made by gpg(1) for a test, in a GnuPG home of its own that is gone with it.
class OpenpgpKey {
 public:
  /// `options` are gpg's, for the making: "--faked-system-time", "20200101T000000".
  explicit OpenpgpKey(const std::string& name, const std::string& expires = "never",
                      const std::vector<std::string>& options = {}) {
    run(options, {"--quick-generate-key", name, "rsa2048", "sign", expires});
    const auto listing = run({}, {"--with-colons", "--list-keys"});
    fingerprint_ = listing.substr(listing.find("\nfpr:::::::::") + 13, 40);
  }
  ~OpenpgpKey() { posix::run_program({"/usr/bin/gpgconf", "--homedir", home_.root(), "--kill", "all"}); }
  OpenpgpKey(const OpenpgpKey&) = delete;
  OpenpgpKey& operator=(const OpenpgpKey&) = delete;

  const std::string& fingerprint() const { return fingerprint_; }
  /// The revocation that gpg has made with the key.
  std::string revocation() const {
    auto text = read(home_.real("/openpgp-revocs.d/" + fingerprint_ + ".rev"));
    return text.replace(text.find(":-----"), 1, "");
  }
  /// The public key, binary unless `options` has "--armor".
  std::string exported(const std::vector<std::string>& options = {}) const {
    return written(options, {"--export", fingerprint_});
  }
  /// A detached signature of the file `path`.
  std::string sign(const std::string& path, const std::vector<std::string>& options = {}) const {
    return written(options, {"--detach-sign", path});
  }
  void import(const std::string& bytes) {
    Tree tree;
    tree.file("/in", bytes);
    run({}, {"--import", tree.real("/in")});
  }

 private:
  static std::string read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::string written(std::vector<std::string> options, const std::vector<std::string>& words) const {
    const Tree tree;
    options.insert(options.end(), {"--output", tree.real("/out")});
    run(options, words);
    return read(tree.real("/out"));
  }
  std::string run(const std::vector<std::string>& options, const std::vector<std::string>& words) const {
    std::vector<std::string> command = {"/usr/bin/gpg",    "--homedir", home_.root(),   "--batch", "--no-tty",
                                        "--pinentry-mode", "loopback",  "--passphrase", ""};
    command.insert(command.end(), options.begin(), options.end());
    command.insert(command.end(), words.begin(), words.end());
    auto ended = posix::run_program(command);
    if (ended.status != 0) throw std::runtime_error("gpg: " + ended.output);
    return ended.output;
  }

  Tree home_;  // mkdtemp(3) has made it with mode 0700, as gpg wants it
  std::string fingerprint_;
};

}  // namespace kerneltour::tests
