#include "commands/chapters.hpp"
#include "commands/check.hpp"
#include "commands/command.hpp"
#include "commands/kernel_confirm.hpp"
#include "commands/kernel_install.hpp"
#include "commands/kernel_list.hpp"
#include "commands/kernel_remove.hpp"
#include "commands/kernel_status.hpp"
#include "commands/overview.hpp"
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
    {"kernel list", "", "Lists the kernels that are here, and those that could be", kernel_list_options,
     kernel_list},
    {"kernel install", "KERNEL", "Installs a kernel, and has it booted once, so that it can be taken back",
     kernel_install_options, kernel_install},
    {"kernel remove", "RELEASE", "Removes a kernel that does not run", kernel_remove_options, kernel_remove},
    {"kernel status", "", "Tells which kernel runs, which is started next, and what came of a trial",
     kernel_status_options, kernel_status},
    {"kernel confirm", "", "Judges the kernel that was booted once, as kerneltour-trial.service does",
     kernel_confirm_options, kernel_confirm},
    {"subid list", "USER", "Lists who owns which subordinate IDs, and what is wrong with them",
     subid_list_options, subid_list},
    {"subid grant", "USER", "Gives a user a range of subordinate IDs", subid_grant_options, subid_grant},
    {"subid check", "USER", "Tells in one line whether a user has what newuidmap(1) needs",
     subid_check_options, subid_check},
    {"undo", "CHANGE", "Takes back the last change to this host, or the one named", undo_options, undo},
};

int main(int argc, char** argv) { return dispatch(commands_of_kerneltour, argc, argv, overview); }
