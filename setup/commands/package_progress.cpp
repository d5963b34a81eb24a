#include "commands/package_progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <string_view>

#include "posix/text.hpp"

namespace kerneltour::commands {
namespace {

constexpr double kilo = 1000;

/// Of what dpkg says to a package, what goes into a log: that it begins to unpack, configure or remove it.
constexpr std::string_view worth_a_line[] = {"Unpacking ", "Configuring ", "Removing ",
                                             "Completely removing "};

/// Rate and time left, as far as they can be told.
std::string pace(std::uint64_t done, std::uint64_t total, std::uint64_t rate) {
  if (rate == 0) return "";
  const auto text = fmt::format("  {}/s", size_text(rate));
  return total > done ? fmt::format("{}  {} left", text, duration_text((total - done) / rate)) : text;
}

}  // namespace

std::string size_text(std::uint64_t bytes) {
  constexpr const char* units[] = {"kB", "MB", "GB", "TB"};
  if (bytes < 1000) return fmt::format("{} bytes", bytes);
  double size = static_cast<double>(bytes) / kilo;
  std::size_t unit = 0;
  while (size >= 999.5 && unit + 1 < std::size(units)) {
    size /= kilo;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", size, size < 10 ? 1 : 0, units[unit]);
}

std::string duration_text(std::uint64_t seconds) {
  const auto minutes = seconds / 60;
  if (minutes < 60) return fmt::format("{}:{:02}", minutes, seconds % 60);
  return fmt::format("{}:{:02}:{:02}", minutes / 60, minutes % 60, seconds % 60);
}

PackageProgress::PackageProgress() : terminal_(posix::Terminal::of(STDERR_FILENO)) {}

PackageProgress::~PackageProgress() { clear(); }

void PackageProgress::downloading(std::uint64_t done, std::uint64_t total, std::uint64_t rate,
                                  const std::string& what) {
  if (total == 0 || !terminal_.moves()) return;
  const auto percent = static_cast<double>(done) / static_cast<double>(total) * 100;
  show(fmt::format("{:3.0f} %  {} of {}{}  {}", percent, size_text(done), size_text(total),
                   pace(done, total, rate), what));
}

void PackageProgress::downloaded(const std::string& what, std::uint64_t bytes) {
  say(bytes == 0 ? fmt::format("there already: {}", what)
                 : fmt::format("downloaded {} ({})", what, size_text(bytes)));
}

void PackageProgress::installing(double percent, const std::string& what) {
  if (terminal_.moves()) return show(fmt::format("{:3.0f} %  {}", percent, what));
  const bool is_news =
      std::ranges::any_of(worth_a_line, [&](auto begins) { return what.starts_with(begins); });
  if (is_news && what != last_) say(what);
  last_ = what;
}

void PackageProgress::waiting(const std::string& why) { say(why); }

void PackageProgress::show(const std::string& line) {
  const auto text = posix::printable(line);
  std::cerr << "\r\x1b[K" << posix::beginning(text, terminal_.width() - 1) << std::flush;
  shown_ = true;
}

void PackageProgress::say(const std::string& line) {
  clear();
  std::cerr << "kerneltour: " << posix::printable(line) << '\n' << std::flush;
}

void PackageProgress::clear() {
  if (shown_) std::cerr << "\r\x1b[K" << std::flush;
  shown_ = false;
}

}  // namespace kerneltour::commands
