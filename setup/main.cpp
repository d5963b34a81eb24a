#include "commands/check.hpp"
#include "commands/command.hpp"

using namespace kerneltour::commands;

// The commands. Help, man page and completion are made from this table.
constexpr Command commands_of_kerneltour[] = {
    {"check", "FEATURE", "Tells what this host is ready for, and what stands in the way", check_options,
     check},
};

int main(int argc, char** argv) { return dispatch(commands_of_kerneltour, argc, argv); }
