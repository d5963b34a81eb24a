#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace kerneltour::apt {

/// A file to be fetched by APT's own methods: with its proxies, its resuming and its sandbox.
struct Download {
  std::string url;     ///< as sources.list(5) has them: http:, https:, file:, copy:
  std::string path;    ///< where to; a part that is there already is gone on with, where `sha256` is known
  std::string what;    ///< for the person who waits: "CHECKSUMS of v6.17.8"
  std::string sha256;  ///< in hexadecimal; empty where it is not known, and then the file is fetched anew
  std::uint64_t size = 0;  ///< in bytes; 0 where it is not known
};

/// Fetches all of them, or throws. What is fetched by a test is read from a directory.
using Fetch = std::function<void(const std::vector<Download>&)>;

}  // namespace kerneltour::apt
