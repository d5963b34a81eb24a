#include "lesson/copy.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <stdexcept>

#include "lesson/texts.hpp"
#include "posix/atomic_file.hpp"

namespace kerneltour::lesson {
namespace {

std::string build_file() {
  return fmt::format(
      "# Builds this chapter by itself: cmake -B build && cmake --build build && build/{0} --unattended\n"
      "cmake_minimum_required(VERSION 3.25)\n"
      "project({0} LANGUAGES CXX)\n"
      "find_package(kerneltour REQUIRED)\n"
      "kerneltour_chapter({0} ${{CMAKE_CURRENT_SOURCE_DIR}})\n",
      texts.id);
}

}  // namespace

void copy_chapter(const std::string& directory) {
  const std::pair<const char*, std::string> files[] = {
      {"main.cpp", std::string(texts.source)},
      {"chapter.md", std::string(texts.chapter)},
      {"CMakeLists.txt", build_file()},
  };
  for (const auto& [name, text] : files) {
    const auto path = directory + "/" + name;
    if (std::filesystem::exists(path))
      throw std::runtime_error(path + " is there already; nothing was written");
  }
  posix::make_directories(directory, 0777);
  for (const auto& [name, text] : files) posix::replace_file(directory + "/" + name, text, {.mode = 0644});
}

}  // namespace kerneltour::lesson
