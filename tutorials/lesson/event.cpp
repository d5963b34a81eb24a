#include "lesson/event.hpp"

#include <fmt/format.h>

#include <cstdint>

#include <nlohmann/json.hpp>

#include "posix/error.hpp"

namespace kerneltour::lesson {

using Json = nlohmann::json;

std::string_view name_of(Event::Kind kind) {
  constexpr std::string_view names[] = {"note", "call", "expectation", "output", "bars", "sample", "skipped"};
  return names[static_cast<std::size_t>(kind)];
}

std::string written_call(const Event& event) {
  if (event.result >= 0) return fmt::format("{} = {}", event.text, event.result);
  return fmt::format("{} = -1 {} ({})", event.text, posix::error_name(event.error),
                     posix::error_text(event.error));
}

std::string to_line(const Event& event) {
  Json rows = Json::array();
  for (const auto& [label, value, unit] : event.rows) rows.push_back({label, value, unit});
  const Json json = {static_cast<int>(event.kind),
                     event.text,
                     event.detail,
                     event.result,
                     event.error,
                     event.expected,
                     event.held,
                     event.time.count(),
                     std::move(rows)};
  // What a program printed may be no UTF-8.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Event from_line(std::string_view line) {
  const auto json = Json::parse(line);
  Event event;
  event.kind = static_cast<Event::Kind>(json.at(0).get<int>());
  json.at(1).get_to(event.text);
  json.at(2).get_to(event.detail);
  json.at(3).get_to(event.result);
  json.at(4).get_to(event.error);
  json.at(5).get_to(event.expected);
  json.at(6).get_to(event.held);
  event.time = std::chrono::milliseconds(json.at(7).get<std::int64_t>());
  for (const auto& row : json.at(8))
    event.rows.push_back(
        {row.at(0).get<std::string>(), row.at(1).get<double>(), row.at(2).get<std::string>()});
  return event;
}

}  // namespace kerneltour::lesson
