#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "commands/subid_table.hpp"

namespace kerneltour::commands {
namespace {

/// JSON that is made piece by piece, and printed a portion at a time: as one value of nlohmann's, 100,000
/// ranges take ten times as long.
class Pieces {
 public:
  explicit Pieces(std::ostream& out) : out_(out) {}
  Pieces(const Pieces&) = delete;
  Pieces& operator=(const Pieces&) = delete;
  ~Pieces() { out_ << text_; }

  /// JSON as it stands.
  Pieces& operator<<(const char* json) {
    text_ += json;
    if (text_.size() < portion) return *this;
    out_ << text_;
    text_.clear();
    return *this;
  }

  Pieces& operator<<(std::uint64_t number) {
    const fmt::format_int digits(number);
    text_.append(digits.data(), digits.size());
    return *this;
  }

  /// The value that the text is. Nearly all need no escapes.
  Pieces& operator<<(const std::string& text) {
    const auto plain = [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; };
    if (std::all_of(text.begin(), text.end(), plain)) {
      text_.append("\"").append(text).append("\"");
    } else {
      text_ += nlohmann::json(text).dump();
    }
    return *this;
  }

  Pieces& operator<<(const std::vector<std::string>& texts) {
    *this << "[";
    for (const auto& text : texts) *this << (&text == &texts.front() ? "" : ", ") << text;
    return *this << "]";
  }

  Pieces& operator<<(const host::SubordinateRange* range) {
    if (!range) return *this << "null";
    return *this << "{\"owner\": " << range->owner << ", \"start\": " << range->start
                 << ", \"count\": " << range->count << ", \"line\": " << range->line << "}";
  }

 private:
  std::ostream& out_;
  std::string text_;
};

/// Between the items of an array.
const char* separator(bool first) { return first ? "\n" : ",\n"; }

}  // namespace

void print_json(std::ostream& out, const host::Facts& facts, const host::RangeTable& table) {
  const auto& services = facts.subordinate_services;
  Pieces json(out);
  json << "{\n  \"schema\": 1,\n  \"source\": " << (services.empty() ? "files" : services[0])
       << ",\n  \"owners\": [";
  bool first = true;
  for (const auto& owner : table.owners()) {
    const auto ranges = table.ranges_of(owner);
    json << separator(std::exchange(first, false)) << "    {\"name\": " << owner.name << ", \"uid\": ";
    owner.uid ? json << *owner.uid : json << "null";
    json << ", \"ranges\": [";
    for (const auto& row : ranges.rows) {
      json << separator(&row == &ranges.rows.front()) << "      {\"uids\": " << row.users
           << ", \"gids\": " << row.groups << ", \"problems\": " << row.problems << "}";
    }
    json << "], \"problems\": " << ranges.problems << "}";
  }
  json << "],\n  \"malformed\": [";
  first = true;
  for (const auto* side : {&facts.subuid, &facts.subgid}) {
    for (const auto& [line, words] : side->file.malformed)
      json << separator(std::exchange(first, false)) << "    {\"file\": " << side->path
           << ", \"line\": " << line << ", \"text\": " << words << "}";
  }
  json << "]\n}\n";
}

}  // namespace kerneltour::commands
