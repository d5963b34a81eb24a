#include "commands/chapters.hpp"
#include "commands/check.hpp"
#include "commands/command.hpp"
#include "commands/prepare.hpp"
#include "commands/run.hpp"
#include "commands/subid_check.hpp"
#include "commands/subid_grant.hpp"
#include "commands/subid_list.hpp"
#include "commands/undo.hpp"

using namespace kerneltour::commands;

// The commands. Help, man page and completion are made from this table.
constexpr Command commands_of_kerneltour[] = {
    {"chapters", "", "Lists the chapters: what each needs here, and how far you are", chapters_options,
     list_chapters},
    {"run", "CHAPTER", "Runs a chapter, or the next one", run_options, run},
    {"check", "FEATURE", "Tells what this host is ready for, and what stands in the way", check_options,
     check},
    {"prepare", "FEATURE", "Makes this host ready: plans it, says it, and does what can be taken back",
     prepare_options, prepare},
    {"subid list", "USER", "Lists who owns which subordinate IDs, and what is wrong with them",
     subid_list_options, subid_list},
    {"subid grant", "USER", "Gives a user a range of subordinate IDs", subid_grant_options, subid_grant},
    {"subid check", "USER", "Tells in one line whether a user has what newuidmap(1) needs",
     subid_check_options, subid_check},
    {"undo", "CHANGE", "Takes back the last change to this host, or the one named", undo_options, undo},
};

int main(int argc, char** argv) { return dispatch(commands_of_kerneltour, argc, argv); }
