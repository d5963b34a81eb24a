#include "commands/chapters.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include <nlohmann/json.hpp>

#include "chapters/catalogue.hpp"
#include "chapters/programs.hpp"
#include "chapters/progress.hpp"
#include "commands/format.hpp"
#include "commands/next_chapter.hpp"
#include "commands/report.hpp"
#include "commands/subjects.hpp"
#include "features/catalogue.hpp"

namespace kerneltour::commands {
namespace {

using features::Status;
using posix::Colour;
using posix::Terminal;

/// A line of the table of contents.
struct Entry {
  const chapters::Chapter* chapter;
  bool written;  ///< its program is there
  ChapterReadiness readiness;
  chapters::ChapterProgress progress;
};

std::vector<Entry> make_entries() {
  const auto all = features::catalogue();
  const auto judgement = features::judge_running({all.begin(), all.end()}, subjects_here(std::nullopt));
  const auto progress = progress_here();
  std::vector<Entry> entries;
  for (const auto& chapter : chapters::catalogue()) {
    const auto found = progress.find(chapter.id);
    entries.push_back({&chapter, !chapters::program_of(chapter).empty(),
                       judge_chapter(chapter, judgement.features),
                       found == progress.end() ? chapters::ChapterProgress{} : found->second});
  }
  return entries;
}

/// What the reader should know of it, in a few words.
std::string remark(const Entry& entry) {
  if (!entry.written) return "not written yet";
  if (entry.readiness.status != Status::ready) {
    std::string needs;
    for (const auto& id : entry.readiness.blocked_by) needs += (needs.empty() ? "needs " : ", ") + id;
    return needs;
  }
  if (entry.progress.finished) return "done";
  if (!entry.progress.next.empty()) return "begun";
  return entry.chapter->minutes == 0 ? "" : fmt::format("{} min", entry.chapter->minutes);
}

std::string mark(const Entry& entry, const Terminal& terminal) {
  if (!entry.written) return " ";
  const bool ready = entry.readiness.status == Status::ready;
  const auto* text = terminal.utf8() ? (ready ? "✓" : "✗") : (ready ? "+" : "x");
  return terminal.paint(ready ? Colour::green : Colour::yellow, text);
}

std::string as_text(const std::vector<Entry>& entries, const Terminal& terminal) {
  std::string text;
  std::string_view part;
  for (const auto& entry : entries) {
    if (entry.chapter->part != part) {
      part = entry.chapter->part;
      text += fmt::format("{}{}\n", text.empty() ? "" : "\n", terminal.paint(Colour::bold, part));
    }
    const auto line = fmt::format(" {} {:2}  {:<30}  {}", mark(entry, terminal), entry.chapter->number,
                                  entry.chapter->title, remark(entry));
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text +
         "\n"
         "kerneltour run            the next one\n"
         "kerneltour run N          any other\n"
         "kerneltour check --for N  what one needs here\n";
}

std::string as_json(const std::vector<Entry>& entries) {
  nlohmann::ordered_json json = {{"schema", 1}, {"chapters", nlohmann::ordered_json::array()}};
  for (const auto& [chapter, written, readiness, progress] : entries) {
    json["chapters"].push_back({{"number", chapter->number},
                                {"id", chapter->id},
                                {"title", chapter->title},
                                {"part", chapter->part},
                                {"written", written},
                                {"minutes", chapter->minutes},
                                {"needs", chapter->needs},
                                {"status", name_of(readiness.status)},
                                {"blocked_by", readiness.blocked_by},
                                {"finished", progress.finished},
                                {"next_step", progress.next}});
  }
  return json.dump(2) + "\n";
}

}  // namespace

Options chapters_options() {
  Options options;
  add_format(options);
  return options;
}

int list_chapters(const Arguments& arguments) {
  const bool json = wants_json(arguments);
  const auto entries = make_entries();
  std::cout << (json ? as_json(entries) : as_text(entries, Terminal::of(STDOUT_FILENO)));
  return 0;
}

}  // namespace kerneltour::commands
