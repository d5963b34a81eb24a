#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "fixes/journal.hpp"
#include "fixes/trial.hpp"
#include "host/boot_setup.hpp"

namespace kerneltour::fixes {

/// What came of a trial.
struct Confirmation {
  enum class Outcome {
    no_trial,   ///< there is none
    waiting,    ///< the kernel has not been started yet
    confirmed,  ///< it runs, does what it should, and is the default now
    failed,     ///< it does not run, or not as it should
  };
  Outcome outcome = Outcome::no_trial;
  std::string says;  ///< sentences, a line each
};

/// "confirmed"
std::string_view name_of(Confirmation::Outcome outcome);

/// What this boot says about the trial: nothing is changed. `problem` is asked where the kernel on trial
/// runs: what it does not do, in words; empty where it does all that it should.
Confirmation judge_trial(const Trial& trial, const host::BootSetup& setup, const std::string& failed_before,
                         const std::function<std::string()>& problem);

/// Ends the trial by what this boot says: a kernel that does what it should becomes the default, for good and
/// with its parameters, but without the panic= of the trial, and the trial is taken back; else the trial
/// stays and what it came to is kept (trial_failure()), so that the default stays, too. Once more, or killed
/// anywhere and once more, it comes to the same. `directory` is the journal's. Throws std::runtime_error.
Confirmation confirm_trial(Journal& journal, const std::string& directory,
                           const posix::FileLock::Waiting& waiting,
                           const std::function<std::string()>& problem);

}  // namespace kerneltour::fixes
