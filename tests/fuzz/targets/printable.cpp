#include <algorithm>
#include <string>

#include "fuzz/target.hpp"
#include "posix/terminal.hpp"

namespace kerneltour::fuzz {
namespace {

bool shows(char byte) { return byte >= ' ' && byte <= '~'; }
bool drives(char byte) { return (byte >= 0 && byte < ' ') || byte == 127; }

}  // namespace

void target(std::string_view text) {
  const auto shown = posix::printable(text);
  must(posix::printable(shown) == shown, "what is printable stays as it is");
  must(std::ranges::none_of(shown, drives), "no control character is left");
  must(shown.find("\u0080") == shown.npos && shown.find("\u009b") == shown.npos, "none of C1 either");
  must(shown.size() <= text.size(), "a character becomes no more than one");
  must(!std::ranges::all_of(text, shows) || shown == text, "plain text is left alone");
  must(posix::printable(std::string(text) + "a").ends_with('a'), "broken bytes swallow nothing behind them");
}

}  // namespace kerneltour::fuzz
