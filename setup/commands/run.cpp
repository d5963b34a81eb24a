#include "commands/run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>

#include "chapters/catalogue.hpp"
#include "chapters/programs.hpp"
#include "chapters/run_options.hpp"
#include "commands/next_chapter.hpp"
#include "posix/error.hpp"
#include "posix/terminal.hpp"

namespace kerneltour::commands {
namespace {

const chapters::Chapter& named_chapter(const std::vector<std::string>& names) {
  if (names.size() > 1)
    throw UsageError(
        "run takes one chapter; the options of a chapter begin with --: see kerneltour run --help");
  const auto* chapter = chapters::find(names[0]);
  if (!chapter)
    throw UsageError(
        fmt::format("there is no chapter '{}'; kerneltour chapters lists them", posix::printable(names[0])));
  if (chapters::program_of(*chapter).empty())
    throw UsageError(fmt::format("chapter {} is not written yet; kerneltour chapters lists those that are",
                                 chapter->number));
  return *chapter;
}

[[noreturn]] void become(const std::string& program, std::vector<std::string> words) {
  std::vector<char*> arguments = {const_cast<char*>(program.c_str())};
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::cout.flush();
  execv(program.c_str(), arguments.data());
  throw posix::SystemError("cannot run " + program, errno);
}

}  // namespace

Options run_options() { return chapters::run_options(); }

int run(const Arguments& arguments) {
  if (arguments.count("CHAPTER") != 0) {
    const auto& chapter = named_chapter(arguments["CHAPTER"].as<std::vector<std::string>>());
    become(chapters::program_of(chapter), chapters::words_of(arguments));
  }
  const auto* chapter = next_chapter(progress_here());
  if (!chapter) {
    std::cout << "You have been through all chapters. To go through one again: kerneltour run N\n";
    return 0;
  }
  become(chapters::program_of(*chapter), chapters::words_of(arguments));
}

}  // namespace kerneltour::commands
