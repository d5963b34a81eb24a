#pragma once

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

#include "fixes/file_edit.hpp"

// Files to edit, and what became of them.
namespace kerneltour::test {

inline std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

inline mode_t mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

/// A file as one with this text that belongs to whoever runs the test.
inline fixes::FileState state_with(const std::string& text, mode_t mode = 0644) {
  return {true, text, {mode, getuid(), getgid()}};
}

}  // namespace kerneltour::test
