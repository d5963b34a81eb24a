#include "lesson/markdown.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "posix/text.hpp"

namespace kerneltour::lesson {
namespace {

using posix::Colour;
using posix::Terminal;

/// Text of one style; a word is made of several, as in "`bind(2)`,".
struct Piece {
  std::string text;
  Colour colour = Colour::plain;
};
using Word = std::vector<Piece>;

std::size_t columns(const Word& word) {
  std::size_t count = 0;
  for (const auto& piece : word) count += posix::columns(piece.text);
  return count;
}

/// A paragraph as words. A marker that is not closed stands for itself; inside `code` only a '`' counts.
class Inline {
 public:
  explicit Inline(std::string_view text) : text_(text) {
    for (at_ = 0; at_ < text_.size(); ++at_) take(text_[at_]);
    end_word();
  }
  std::vector<Word> words() && { return std::move(words_); }

 private:
  void take(char c) {
    if (c == '`' && (colour_ == Colour::cyan || opens('`'))) {
      toggle(Colour::cyan);
    } else if (c == '*' && colour_ != Colour::cyan && (colour_ == Colour::bold || opens('*'))) {
      toggle(Colour::bold);
    } else if (c == ' ' || c == '\n') {
      end_word();
    } else {
      piece_ += c;
    }
  }
  /// Whether a marker opens: something follows it at once, and it is closed further on.
  bool opens(char marker) const {
    const auto rest = text_.substr(at_ + 1);
    return !rest.empty() && rest[0] != ' ' && rest.find(marker) != std::string_view::npos;
  }
  void toggle(Colour colour) {
    end_piece();
    colour_ = colour_ == colour ? Colour::plain : colour;
  }
  void end_piece() {
    if (!piece_.empty()) word_.push_back({std::move(piece_), colour_});
    piece_.clear();
  }
  void end_word() {
    end_piece();
    if (!word_.empty()) words_.push_back(std::move(word_));
    word_.clear();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Colour colour_ = Colour::plain;
  std::string piece_;
  Word word_;
  std::vector<Word> words_;
};

std::string painted(const Word& word, const Terminal& terminal) {
  std::string text;
  for (const auto& piece : word) text += terminal.paint(piece.colour, piece.text);
  return text;
}

/// Words wrapped to the width, behind `lead` in the first line and as much white space in the others.
std::string wrapped(std::string_view text, std::string_view lead, const Terminal& terminal) {
  std::string lines;
  std::size_t used = 0;
  for (const auto& word : Inline(text).words()) {
    const bool fits = used != 0 && used + 1 + columns(word) <= terminal.width();
    if (fits) {
      lines += " ";
      used += 1;
    } else {
      lines += lines.empty() ? std::string(lead) : fmt::format("\n{:{}}", "", lead.size());
      used = lead.size();
    }
    lines += painted(word, terminal);
    used += columns(word);
  }
  return lines.empty() ? lines : lines + "\n";
}

/// "- " or "2. " at the beginning of a list's item; empty where it begins none.
std::string_view item_lead(std::string_view line) {
  if (line.starts_with("- ")) return line.substr(0, 2);
  const auto digits = std::min(line.find_first_not_of("0123456789"), line.size());
  const bool numbered = digits > 0 && line.substr(digits).starts_with(". ");
  return numbered ? line.substr(0, digits + 2) : std::string_view();
}

/// Collects the lines of one paragraph or item, and writes it when it ends.
class Renderer {
 public:
  explicit Renderer(const Terminal& terminal) : terminal_(terminal) {}

  void take(std::string_view line) {
    if (line.starts_with("```")) {
      end_paragraph();
      fenced_ = !fenced_;
    } else if (fenced_ || (paragraph_.empty() && line.starts_with("    "))) {
      code(line);
    } else if (posix::trim(line).empty()) {
      end_paragraph();
      blank_ = !text_.empty();
    } else {
      prose(posix::trim(line));
    }
  }
  std::string finish() && {
    end_paragraph();
    return std::move(text_);
  }

 private:
  void code(std::string_view line) {
    separate();
    text_ += fmt::format("{}{}\n", fenced_ ? "    " : "", terminal_.paint(Colour::cyan, line));
  }
  void prose(std::string_view line) {
    const auto lead = item_lead(line);
    if (!lead.empty()) {
      end_paragraph();
      lead_ = fmt::format("  {}", lead);
      line.remove_prefix(lead.size());
    }
    paragraph_ += fmt::format("{} ", line);
  }
  void end_paragraph() {
    if (paragraph_.empty()) return;
    separate();
    text_ += wrapped(paragraph_, lead_, terminal_);
    paragraph_.clear();
    lead_.clear();
  }
  void separate() {
    if (blank_) text_ += "\n";
    blank_ = false;
  }

  const Terminal& terminal_;
  std::string text_;
  std::string paragraph_;
  std::string lead_;
  bool fenced_ = false;
  bool blank_ = false;
};

}  // namespace

std::string render_markdown(std::string_view text, const Terminal& terminal) {
  Renderer renderer(terminal);
  while (!text.empty()) renderer.take(posix::take_line(text));
  return std::move(renderer).finish();
}

}  // namespace kerneltour::lesson
