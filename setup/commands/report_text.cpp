#include <fmt/format.h>

#include <algorithm>

#include "commands/report.hpp"
#include "posix/shell.hpp"

namespace kerneltour::commands {
namespace {

using features::Status;
using posix::Colour;
using posix::printable;
using posix::Terminal;

struct Look {
  const char* mark;
  const char* ascii;
  Colour colour;
};

Look look_of(Status status) {
  switch (status) {
    case Status::ready:
      return {"✓", "+", Colour::green};
    case Status::unknown:
      return {"?", "?", Colour::yellow};
    case Status::fixable:
      return {"✗", "x", Colour::yellow};
    case Status::impossible:
      break;
  }
  return {"✗", "x", Colour::red};
}

std::string indented(std::string_view text, std::size_t indent, const Terminal& terminal) {
  std::string lines;
  for (const auto& line : posix::wrap(printable(text), terminal.width() - indent))
    lines += fmt::format("{:{}}{}\n", "", indent, line);
  return lines;
}

/// `text` behind `label`, both sides of the column kept when the text wraps.
std::string labelled(std::string_view label, std::string_view text, const Terminal& terminal) {
  constexpr std::size_t indent = 2;
  constexpr std::size_t column = 11;
  std::string lines;
  for (const auto& line : posix::wrap(printable(text), terminal.width() - column)) {
    lines += fmt::format("{:{}}{:{}}{}\n", "", indent, lines.empty() ? label : "", column - indent, line);
  }
  return lines;
}

std::string headline(const Report& report, const Terminal& terminal) {
  const auto& facts = report.facts;
  std::string text =
      facts.release ? "Linux " + facts.release->text : std::string("A kernel that is not known");
  if (!facts.os.pretty_name.empty()) text += " on " + facts.os.pretty_name;
  if (!facts.architecture.empty()) text += ", " + facts.architecture;
  if (const auto& kind = facts.confinement.container; !kind.empty())
    text += kind == "container" ? ", in a container" : fmt::format(", in a {} container", kind);
  text += facts.live ? "." : ". It is not running: files were judged, and the kernel was not asked.";
  if (!report.ordinary.empty()) text += fmt::format(" The kernel was asked as {}.", report.ordinary);
  return indented(text, 0, terminal) + "\n";
}

std::string table(const Report& report, const Terminal& terminal) {
  std::size_t id_width = std::string_view("FEATURE").size();
  for (const auto& judged : report.features) id_width = std::max(id_width, judged.feature->id.size());
  std::string text = terminal.paint(Colour::dim, fmt::format("   {:{}}  {:10}  {}", "FEATURE", id_width,
                                                             "STATUS", "BLOCKED BY")) +
                     "\n";
  for (const auto& [feature, verdict] : report.features) {
    const auto look = look_of(verdict.status);
    const auto status = terminal.paint(look.colour, fmt::format("{:10}", name_of(verdict.status)));
    std::string row =
        fmt::format(" {} {:{}}  {}", terminal.paint(look.colour, terminal.utf8() ? look.mark : look.ascii),
                    feature->id, id_width, status);
    if (verdict.layer) row += fmt::format("  {}", name_of(*verdict.layer));
    while (row.back() == ' ') row.pop_back();
    text += row + "\n";
  }
  return text;
}

/// What it does, and where and as whom to do it.
std::string heading_of(const features::Fix& fix, const std::string& root) {
  std::string text = fix.summary;
  if (!root.empty()) text += fmt::format(", in that host (chroot {})", posix::shell_quoted(root));
  if (fix.root && !fix.summary.ends_with("as root")) text += ", as root";
  if (fix.reboot) text += ", then reboot";
  return text + (fix.commands.empty() ? "." : ":");
}

std::string fixes_of(const features::Verdict& verdict, const std::string& root, const Terminal& terminal) {
  std::string text;
  for (const auto& fix : verdict.fixes) {
    text += labelled("fix", heading_of(fix, root), terminal);
    // Never wrapped: they are there to be copied.
    for (const auto& command : fix.commands)
      text += fmt::format("             {}\n", terminal.paint(Colour::bold, printable(command)));
  }
  return text;
}

std::string details(const Judged& judged, const Report& report, const Terminal& terminal) {
  const auto& [feature, verdict] = judged;
  std::string text =
      "\n" + terminal.paint(Colour::bold, fmt::format("{}: {}", feature->id, feature->title)) + "\n";
  if (report.explain) {
    text += labelled("what", feature->about, terminal);
    if (!feature->since.empty()) text += labelled("since", fmt::format("Linux {}", feature->since), terminal);
    for (const auto& document : feature->documents) text += labelled("see", document, terminal);
  }
  text += labelled(verdict.status == Status::ready ? "ready" : "why", verdict.reason + ".", terminal);
  for (const auto& [source, says] : verdict.evidence)
    text += labelled("evidence", fmt::format("{}: {}", source, says), terminal);
  return text + fixes_of(verdict, report.root, terminal);
}

std::string chapter_lines(const Report& report, const Terminal& terminal) {
  if (report.chapters.empty()) return {};
  const auto count = std::count_if(report.chapters.begin(), report.chapters.end(),
                                   [](const auto& readiness) { return readiness.status == Status::ready; });
  std::string text =
      fmt::format("\n{} of {} chapters have all that they need.\n", count, report.chapters.size());
  for (const auto& readiness : report.chapters) {
    if (readiness.status == Status::ready) continue;
    std::string needs;
    for (const auto& id : readiness.blocked_by) needs += needs.empty() ? id : ", " + id;
    const auto look = look_of(readiness.status);
    text += fmt::format(" {} {:24}needs {}\n",
                        terminal.paint(look.colour, terminal.utf8() ? look.mark : look.ascii),
                        readiness.chapter->id, needs);
  }
  return text;
}

}  // namespace

std::string as_text(const Report& report, const Terminal& terminal) {
  std::string text = headline(report, terminal) + table(report, terminal);
  for (const auto& judged : report.features) {
    if (report.explain || judged.verdict.status != Status::ready) text += details(judged, report, terminal);
  }
  text += chapter_lines(report, terminal);
  if (!report.explain)
    text +=
        "\n" + indented("What a feature is and where it is documented: kerneltour check FEATURE --explain", 0,
                        terminal);
  return text;
}

}  // namespace kerneltour::commands
