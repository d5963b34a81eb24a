#include <fmt/format.h>

#include <algorithm>

#include "commands/subid_table.hpp"

namespace kerneltour::commands {
namespace {

using host::SubordinateRange;
using posix::Colour;
using posix::Terminal;

constexpr std::size_t range_width = 21;  // two numbers of 10 digits

std::string written(const host::RangeOwner& owner) {
  return owner.uid && std::to_string(*owner.uid) != owner.name
             ? fmt::format("{} ({})", owner.name, *owner.uid)
             : owner.name;
}

/// The lines of the table, printed a portion at a time.
class Lines {
 public:
  Lines(std::ostream& out, const Terminal& terminal, std::size_t owner_width)
      : out_(out),
        terminal_(terminal),
        mark_(terminal.paint(Colour::yellow, "!")),
        owner_width_(owner_width) {}
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;
  ~Lines() { out_ << text_; }

  void line(std::string_view words) {
    text_ += words;
    end_line();
  }

  void head() {
    line(terminal_.paint(
        Colour::bold, fmt::format("{:{}}  {:{}}  {:{}}  {}", "OWNER", owner_width_, "USER IDS", range_width,
                                  "GROUP IDS", range_width, "SIZE")));
  }

  void row(std::string_view owner, const host::RangeRow& row) {
    text_ += owner;
    pad(posix::columns(owner), owner_width_);
    cell(row.users);
    cell(row.groups);
    number(row.either().count);
    end_line();
  }

  void problem(std::string_view words) {
    text_.append("  ").append(mark_).append(" ").append(posix::printable(words));
    end_line();
  }

 private:
  void cell(const SubordinateRange* range) {
    const auto begin = text_.size();
    if (range) number(range->start);
    text_ += '-';
    if (range) number(range->end() - 1);
    pad(text_.size() - begin, range_width);
  }

  // Of 100,000 lines fmt::format() with widths would be most of the time.

  void number(std::uint64_t value) {
    const fmt::format_int digits(value);
    text_.append(digits.data(), digits.size());
  }

  void pad(std::size_t used, std::size_t width) { text_.append(width + 2 - std::min(width, used), ' '); }

  void end_line() {
    text_ += '\n';
    if (text_.size() < portion) return;
    out_ << text_;
    text_.clear();
  }

  std::ostream& out_;
  const Terminal& terminal_;
  std::string mark_;
  std::size_t owner_width_;
  std::string text_;
};

}  // namespace

void print_text(std::ostream& out, const host::Facts& facts, const host::RangeTable& table,
                const Terminal& terminal) {
  const auto& services = facts.subordinate_services;
  if (!services.empty())
    out << fmt::format("From the service \"{}\", of the users in /etc/passwd.\n\n",
                       posix::printable(services[0]));
  std::size_t width = 5;
  for (const auto& owner : table.owners()) width = std::max(width, posix::columns(written(owner)));
  Lines lines(out, terminal, width);
  if (!table.owners().empty()) lines.head();
  for (const auto& owner : table.owners()) {
    const auto name = written(owner);
    const auto ranges = table.ranges_of(owner);
    for (const auto& row : ranges.rows) {
      lines.row(name, row);
      for (const auto& words : row.problems) lines.problem(words);
    }
    for (const auto& words : ranges.problems) lines.problem(words);
  }
  for (const auto* side : {&facts.subuid, &facts.subgid}) {
    for (const auto& [line, words] : side->file.malformed)
      lines.problem(
          fmt::format("{} line {} is malformed, and counts for nothing: {}", side->path, line, words));
  }
  if (!table.owners().empty()) return;
  lines.line(services.empty()
                 ? "No one has subordinate IDs. To give a user some: sudo kerneltour subid grant USER"
                 : "No one has subordinate IDs.");
}

}  // namespace kerneltour::commands
