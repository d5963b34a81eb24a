#pragma once

#include <string_view>

namespace kerneltour::lesson {

/// A chapter's two files as they were compiled, and its folder's name. CMake makes one for each chapter.
struct Texts {
  std::string_view id;       ///< "16-address-in-use"
  std::string_view chapter;  ///< chapter.md
  std::string_view source;   ///< main.cpp
};
extern const Texts texts;

}  // namespace kerneltour::lesson
