#include "apt/transaction_report.hpp"

#include <fmt/format.h>

#include <charconv>

#include "posix/text.hpp"

namespace kerneltour::apt {
namespace {

/// More than a line of libapt-pkg's ever has.
constexpr std::size_t longest_line = 65536;

}  // namespace

void TransactionReport::take(std::string_view bytes) {
  rest_ += bytes;
  std::size_t begin = 0;
  for (auto end = rest_.find('\n'); end != rest_.npos; end = rest_.find('\n', begin)) {
    take_line(std::string_view(rest_).substr(begin, end - begin));
    begin = end + 1;
  }
  rest_.erase(0, begin);
  if (rest_.size() > longest_line) rest_.clear();
}

std::string TransactionReport::failure() const {
  if (packages_.empty()) return reason_;
  return reason_.empty() ? packages_ : fmt::format("{} ({})", packages_, reason_);
}

void TransactionReport::take_line(std::string_view line) {
  const auto kind = posix::take_field(line, ':');
  if (kind == "pmstatus") take_progress(line);
  if (kind == "pmerror") take_error(line);
  if (kind == report_waiting) observer_.waiting(std::string(line));
  if (kind == report_error) reason_ = line;
}

void TransactionReport::take_progress(std::string_view rest) {
  posix::take_field(rest, ':');
  const auto number = posix::take_field(rest, ':');
  double percent = 0;
  std::from_chars(number.data(), number.data() + number.size(), percent);
  observer_.installing(percent, std::string(rest));
}

void TransactionReport::take_error(std::string_view rest) {
  const auto package = posix::take_field(rest, ':');
  posix::take_field(rest, ':');
  if (!packages_.empty()) packages_ += "; ";
  packages_ += fmt::format("{}: {}", package, rest);
}

}  // namespace kerneltour::apt
