#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace kerneltour::tests {

/// A directory of its own for a test, removed with all that is below it at the end. Paths are as a host
/// would name them: absolute, from its root.
class Tree {
 public:
  Tree() {
    std::string name = (std::filesystem::temp_directory_path() / "kerneltour-test-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("cannot make " + name);
    root_ = name;
  }
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;
  ~Tree() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }

  const std::string& root() const { return root_; }
  /// Where `path` of the host is for the test itself.
  std::string real(const std::string& path) const { return root_ + path; }

  Tree& directory(const std::string& path) {
    std::filesystem::create_directories(real(path));
    return *this;
  }
  Tree& file(const std::string& path, std::string_view text) {
    directory(std::filesystem::path(path).parent_path().string());
    std::ofstream out(real(path), std::ios::binary);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    if (!out.flush()) throw std::runtime_error("cannot write " + real(path));
    return *this;
  }
  Tree& link(const std::string& path, const std::string& target) {
    directory(std::filesystem::path(path).parent_path().string());
    std::filesystem::create_symlink(target, real(path));
    return *this;
  }

 private:
  std::string root_;
};

}  // namespace kerneltour::tests
