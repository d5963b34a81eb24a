#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include <boost/program_options.hpp>

namespace kerneltour::commands {

/// The command line is wrong: exit status 2. what() says what, where and what to do instead.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The operation is refused, or failed: the host is as before. what() says why, and what helps.
class Refusal : public std::runtime_error {
 public:
  Refusal(const std::string& why, int status) : std::runtime_error(why), status_(status) {}
  int status() const { return status_; }  ///< to exit with

 private:
  int status_;
};

using Options = boost::program_options::options_description;
using Arguments = boost::program_options::variables_map;

/// A command of the program, as its table lists it. Help, man page and completion are made from it.
struct Command {
  std::string_view name;     ///< one word, or two: "check", "subid grant"
  std::string_view operand;  ///< name of its operands, "FEATURE"; empty where it takes none
  std::string_view summary;  ///< one line of help
  /// Its options. A value's name says what completes it: FILE, DIR, USER, CHAPTER, or words with '|' between.
  Options (*options)();
  /// Does it, with the operands under the name `operand`, and returns the exit status.
  int (*run)(const Arguments& arguments);
};

/// One of the exit statuses that all commands share, and what it means.
struct ExitStatus {
  int status;
  std::string_view meaning;
};
inline constexpr ExitStatus exit_statuses[] = {
    {0, "Ready, or done."},
    {1,
     "Not ready, and it can be made ready on this host; or the operation failed and the host is as before."},
    {2, "Wrong usage: nothing was looked at or changed."},
    {3, "Not ready, and it cannot be made ready on this host."},
    {4, "It could not be told."},
};

/// Runs the command that the arguments name; where they name none, `unnamed`, or prints the help. Errors are
/// caught here, once, and said in one line on standard error.
int dispatch(std::span<const Command> commands, int argc, char** argv, int (*unnamed)() = nullptr);

}  // namespace kerneltour::commands
