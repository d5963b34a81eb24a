// What can this kernel do? Its version, its configuration and its boot
// parameters each have an answer, and then we ask the kernel itself.
// uname(2), proc(5), unshare(2). Run it with: kerneltour run 0

#include <fcntl.h>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <optional>
#include <utility>

#include "host/boot_parameters.hpp"
#include "host/host.hpp"
#include "host/kernel_config.hpp"
#include "host/programs.hpp"
#include "lesson/lesson.hpp"
#include "lesson/process.hpp"
#include "posix/error.hpp"
#include "posix/fd.hpp"
#include "posix/text.hpp"

namespace host = kerneltour::host;
namespace posix = kerneltour::posix;
using host::ConfigState;
using kerneltour::lesson::Step;
using posix::Fd;

namespace {

/// A line of a configuration in words.
const char* says(ConfigState state) {
  switch (state) {
    case ConfigState::built_in:
      return "=y, built in";
    case ConfigState::module:
      return "=m, a module";
    case ConfigState::off:
      return " is not set";
    case ConfigState::other:
      return " has a value";
    case ConfigState::unmentioned:
      break;
  }
  return " is not mentioned";
}

/// psi= as the kernel reads its switches (lib/kstrtox.c: kstrtobool);
/// nullopt where it is not given.
std::optional<bool> psi_switch(const host::BootParameters& parameters) {
  const auto value = parameters.last("psi");
  if (!value || value->empty()) return std::nullopt;
  if (value->starts_with("on") || value->find_first_of("1yYtT") == 0)
    return true;
  if (value->starts_with("of") || value->find_first_of("0nNfF") == 0)
    return false;
  return std::nullopt;
}

// The first witness. PSI, the pressure files of chapters 1 to 7, entered
// Linux in 4.20.
void version(Step& step) {
  utsname kernel{};
  step.works(uname(&kernel), "uname(&kernel)");
  step.note("`{}`, release `{}`, on `{}`", kernel.sysname, kernel.release,
            kernel.machine);

  std::pair<unsigned, unsigned> number;
  const int read =
      sscanf(kernel.release, "%u.%u", &number.first, &number.second);
  step.expect(read == 2, "the release begins with two numbers",
              fmt::format("{}.{}", number.first, number.second));

  const bool has_psi = number >= std::pair(4u, 20u);
  step.note("The version says: {} 4.20, so PSI {}.",
            has_psi ? "not before" : "before",
            has_psi ? "should be there" : "should be missing");
}

// The second witness. Only the unpacking is left to a helper: the file
// may be gzip, xz, zstd or plain.
void config(Step& step) {
  utsname kernel{};
  step.works(uname(&kernel), "uname(&kernel)");
  for (const auto& path : host::config_locations(kernel.release, true)) {
    const Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) {
      if (errno != ENOENT || path == "/proc/config.gz")
        step.refused(errno, -1, "open({})", path);
      continue;
    }
    step.works(file.get(), "open({})", path);
    const auto found = host::read_kernel_config(
        posix::read_open_file(file.get()).text, path);
    if (!found.config) {
      step.note("`{}` {}.", path, found.failures.front().reason);
      continue;
    }
    for (const auto* option :
         {"CONFIG_PSI", "CONFIG_PSI_DEFAULT_DISABLED", "CONFIG_USER_NS"})
      step.note("- `{}`{}", option, says(found.config->state(option)));
    step.expect(
        found.config->state("CONFIG_BINFMT_ELF") == ConfigState::built_in,
        "CONFIG_BINFMT_ELF=y is in it: this program is an ELF file, and "
        "runs");
    return;
  }
  step.note(
      "No configuration of {} is here. That means *could not look*, not "
      "*missing*.",
      kernel.release);
}

// The third witness.
void boot_parameter(Step& step) {
  const Fd file(open("/proc/cmdline", O_RDONLY | O_CLOEXEC));
  step.works(file.get(), "open(/proc/cmdline)");
  std::array<char, 16384> text;
  const ssize_t length = read(file.get(), text.data(), text.size());
  step.works(length, "read({}, text, {})", file.get(), text.size());

  const std::string_view line(text.data(),
                              static_cast<std::size_t>(length));
  const auto parameters = host::BootParameters::parse(line);
  const auto psi = parameters.last("psi");
  step.note("{} parameters, and {}.", parameters.all().size(),
            psi ? fmt::format("`psi={}` is among them", *psi)
                : "`psi=` is not among them");
  step.expect(line.ends_with('\n'),
              "the line is complete: it ends with a newline");
}

// Not a witness any more: the thing itself. Either answer is an answer.
void probe(Step& step) {
  const Fd file(open("/proc/pressure/cpu", O_RDONLY | O_CLOEXEC));
  if (!file) {
    step.refused(errno, -1, "open(/proc/pressure/cpu)");
    step.note("The kernel says: no PSI here.");
    return;
  }
  step.works(file.get(), "open(/proc/pressure/cpu)");

  std::array<char, 256> text;
  const ssize_t length = read(file.get(), text.data(), text.size());
  if (length < 0) {
    step.refused(errno, -1, "read({}, text, {})", file.get(),
                 text.size());
    step.note("The kernel says: PSI is here, and switched off.");
    return;
  }
  step.works(length, "read({}, text, {})", file.get(), text.size());
  std::string_view lines(text.data(), static_cast<std::size_t>(length));
  const auto first = posix::take_line(lines);
  step.expect(first.starts_with("some avg10="),
              "the file is a pressure file", first);
}

// unshare(2) answers, and then the next call shows what its answer was
// worth.
void second_question(Step& step) {
  const int made = unshare(CLONE_NEWUSER | CLONE_NEWUTS);
  if (made != 0) {
    step.refused(errno, made, "unshare(CLONE_NEWUSER | CLONE_NEWUTS)");
    step.note("The kernel says: no user namespace for this process.");
    return;
  }
  step.works(made, "unshare(CLONE_NEWUSER | CLONE_NEWUTS)");

  const int named = sethostname("lesson", 6);
  if (named != 0) {
    step.refused(errno, named, "sethostname(\"lesson\")");
    step.note(
        "It was made, and is powerless: a security module takes the "
        "capabilities away.");
    return;
  }
  step.works(named, "sethostname(\"lesson\")");
  utsname inside{};
  step.works(uname(&inside), "uname(&inside)");
  step.expect(std::string_view(inside.nodename) == "lesson",
              "in here the host has the new name", inside.nodename);
}

// The witnesses one after the other, and then the thing itself.
void witnesses(Step& step) {
  utsname kernel{};
  step.works(uname(&kernel), "uname(&kernel)");
  step.note("- version: {}", kernel.release);
  const auto here = host::Host::running();
  const auto parameter = psi_switch(
      host::BootParameters::parse(here.read("/proc/cmdline").text));
  step.note("- command line: {}", !parameter   ? "nothing about PSI"
                                  : *parameter ? "switches PSI on"
                                               : "switches PSI off");

  std::optional<bool> foretold;
  const auto config =
      host::find_kernel_config(here, kernel.release, true).config;
  if (config) {
    const bool compiled_in =
        config->state("CONFIG_PSI") == ConfigState::built_in;
    const bool starts_off =
        config->state("CONFIG_PSI_DEFAULT_DISABLED") ==
        ConfigState::built_in;
    step.note("- configuration: {}", !compiled_in ? "without PSI"
                                     : starts_off
                                         ? "with PSI, off by default"
                                         : "with PSI, on by default");
    foretold = compiled_in && parameter.value_or(!starts_off);
  }

  const Fd file(open("/proc/pressure/cpu", O_RDONLY | O_CLOEXEC));
  char byte = 0;
  const bool there = file && read(file.get(), &byte, 1) == 1;
  step.note("- the kernel: {}",
            there ? "PSI" : "no PSI, " + posix::error_name(errno));
  if (!foretold)
    step.note(
        "There is no configuration here: only the kernel itself could "
        "tell.");
  else if (*foretold && !there)
    step.note(
        "Foretold, and not there: something, a container's mask perhaps, "
        "hides it from us.");
  else
    step.expect(*foretold == there,
                "configuration and command line foretold it");
}

// uname(1) is uname(2) with a printf(3) behind it.
void what_you_know(Step& step) {
  const auto program = host::find_program(host::Host::running(), "uname");
  if (!program)
    return step.skip("the program uname(1)",
                     "sudo apt install coreutils");
  utsname kernel{};
  step.works(uname(&kernel), "uname(&kernel)");
  const auto ran = kerneltour::lesson::run_program({program->path, "-r"});
  step.output("uname -r", ran.output);
  step.expect(ran.output == fmt::format("{}\n", kernel.release),
              "the program prints what the call gave");
}

}  // namespace

int main(int argc, char** argv) {
  constexpr kerneltour::lesson::StepCode steps[] = {
      {"version", version},
      {"config", config},
      {"boot-parameter", boot_parameter},
      {"probe", probe},
      {"second-question", second_question},
      {"witnesses", witnesses},
      {"what-you-know", what_you_know},
  };
  return kerneltour::lesson::run(argc, argv, steps);
}
