#include "probes/answer.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <optional>

namespace kerneltour::probes {
namespace {

/// The number at the beginning of `bytes`, taken from them with the space behind it.
std::optional<int> take_number(std::string_view& bytes) {
  int number = 0;
  const char* const end = bytes.data() + bytes.size();
  const auto [after, error] = std::from_chars(bytes.data(), end, number);
  if (error != std::errc() || after == end || *after != ' ') return std::nullopt;
  bytes.remove_prefix(static_cast<std::size_t>(after - bytes.data()) + 1);
  return number;
}

}  // namespace

std::string to_bytes(const Outcome& outcome) {
  return fmt::format("{} {} {}", static_cast<int>(outcome.result), outcome.error, outcome.call);
}

Outcome from_bytes(std::string_view bytes) {
  const auto result = take_number(bytes);
  const auto error = take_number(bytes);
  // The other results are for the parent to find.
  for (const auto known : {Outcome::Result::worked, Outcome::Result::refused, Outcome::Result::wrong})
    if (error && result == static_cast<int>(known)) return {known, std::string(bytes), *error};
  return {Outcome::Result::died, {}, 0};
}

bool send(int pipe, const Outcome& outcome) {
  const std::string bytes = to_bytes(outcome);
  return write(pipe, bytes.c_str(), bytes.size() + 1) >= 0;
}

std::vector<Outcome> all_sent(std::string_view bytes) {
  std::vector<Outcome> outcomes;
  for (auto end = bytes.find('\0'); end != std::string_view::npos; end = bytes.find('\0')) {
    outcomes.push_back(from_bytes(bytes.substr(0, end)));
    bytes.remove_prefix(end + 1);
  }
  return outcomes;
}

}  // namespace kerneltour::probes
