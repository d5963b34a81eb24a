#include "commands/chapters.hpp"
#include "commands/check.hpp"
#include "commands/command.hpp"
#include "commands/run.hpp"

using namespace kerneltour::commands;

// The commands. Help, man page and completion are made from this table.
constexpr Command commands_of_kerneltour[] = {
    {"chapters", "", "Lists the chapters: what each needs here, and how far you are", chapters_options,
     list_chapters},
    {"run", "CHAPTER", "Runs a chapter, or the next one", run_options, run},
    {"check", "FEATURE", "Tells what this host is ready for, and what stands in the way", check_options,
     check},
};

int main(int argc, char** argv) { return dispatch(commands_of_kerneltour, argc, argv); }
