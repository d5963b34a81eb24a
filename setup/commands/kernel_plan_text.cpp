#include <fmt/format.h>

#include <algorithm>

#include "commands/kernel_plan.hpp"
#include "commands/package_progress.hpp"
#include "posix/text.hpp"

namespace kerneltour::commands {
namespace {

using posix::Colour;
using posix::printable;
using posix::Terminal;
using Result = Check::Result;

/// A paragraph behind a mark, its further lines below the first one's words.
std::string paragraph(const Terminal& terminal, const std::string& mark, std::size_t indent,
                      const std::string& words) {
  std::string text;
  for (const auto& line : posix::wrap(printable(words), terminal.width() - indent)) {
    text += text.empty() ? mark : std::string(indent, ' ');
    text += line + "\n";
  }
  return text;
}

std::string signed_size(std::int64_t bytes) {
  return bytes < 0 ? fmt::format("{} less", size_text(static_cast<std::uint64_t>(-bytes)))
                   : fmt::format("{} more", size_text(static_cast<std::uint64_t>(bytes)));
}

std::string step_line(const apt::Step& step) {
  auto text = fmt::format("  {:9} {} {}", name_of(step.action), printable(step.package),
                          printable(step.to.empty() ? step.from : step.to));
  if (!step.from.empty() && !step.to.empty()) text += fmt::format(" (was {})", printable(step.from));
  if (!step.origin.empty()) text += fmt::format(", from {}", printable(step.origin));
  if (step.download != 0) text += fmt::format(", {}", size_text(step.download));
  return text + "\n";
}

std::string packages_text(const KernelPlan& plan) {
  std::string text = "Packages\n";
  for (const auto& step : plan.packages.steps) text += step_line(step);
  for (const auto& file : plan.files) text += fmt::format("  download  {}\n", printable(file));
  if (!plan.packages_known)
    return text +
           "  What else they need, only they themselves say: they are downloaded and looked at before\n"
           "  anything is changed.\n";
  if (plan.packages.steps.empty() && plan.packages.broken.empty())
    return text + "  Nothing: they are installed.\n";
  return text + fmt::format("  To download: {}. On the disk: {}.\n", size_text(plan.download),
                            signed_size(plan.packages.disk));
}

std::string mark_of(Result result, const Terminal& terminal) {
  const bool utf8 = terminal.utf8();
  switch (result) {
    case Result::good:
      return terminal.paint(Colour::green, utf8 ? "✓" : "+");
    case Result::note:
      return terminal.paint(Colour::yellow, "!");
    default:
      return terminal.paint(Colour::red, utf8 ? "✗" : "x");
  }
}

std::string checks_text(const KernelPlan& plan, const Terminal& terminal) {
  std::string text = "Checks\n";
  for (const auto& check : plan.checks) {
    auto words = check.says;
    if (!check.instead.empty()) words += fmt::format(". What helps: {}", check.instead);
    text += paragraph(terminal, fmt::format(" {} ", mark_of(check.result, terminal)), 3, words);
  }
  return text;
}

std::string boot_text(const KernelPlan& plan, const Terminal& terminal) {
  if (!plan.request) return {};
  std::string text = "Boot\n";
  if (!plan.boot) return text + "  Nothing is changed about what is booted.\n";
  if (!plan.boot->changes()) return text + "  What is the default stays it.\n";
  text += paragraph(terminal, "  ", 2, plan.boot->summary + ".");
  for (const auto& file : plan.boot->files) text += fmt::format("  write     {}\n", file.path);
  for (const auto& note : plan.boot->notes) text += paragraph(terminal, "  ", 2, note + ".");
  return text;
}

std::string judged_text(const KernelPlan& plan, const Terminal& terminal) {
  if (plan.judged.empty()) return {};
  std::string text = "The kernel, by its own configuration\n";
  for (const auto& line : plan.judged) text += paragraph(terminal, "  ", 4, line);
  return text + "\n";
}

std::string commands_text(const KernelPlan& plan) {
  const auto commands = equivalent_commands(plan);
  if (commands.empty()) return {};
  std::string text = "The same, typed\n";
  for (const auto& command : commands) text += fmt::format("  {}\n", printable(command));
  return text + "\n";
}

}  // namespace

std::string as_text(const KernelPlan& plan, const Terminal& terminal) {
  const auto& kernel = plan.choice.kernel;
  const auto title = fmt::format("Linux {}{}: {}.", printable(kernel.release.text),
                                 plan.root.empty() ? "" : fmt::format(" below {}", printable(plan.root)),
                                 printable(plan.choice.reason));
  auto text = paragraph(terminal, "", 0, title) + "\n";
  text += packages_text(plan) + "\n" + judged_text(plan, terminal) + checks_text(plan, terminal) + "\n";
  if (const auto boot = boot_text(plan, terminal); !boot.empty()) text += boot + "\n";
  return text + commands_text(plan);
}

}  // namespace kerneltour::commands
