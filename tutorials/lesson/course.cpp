#include "lesson/course.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "lesson/texts.hpp"

namespace kerneltour::lesson {
namespace {

chapters::Chapter parse_chapter() {
  auto parsed = chapters::parse_header(texts.id, texts.chapter);
  if (const auto* error = std::get_if<chapters::HeaderError>(&parsed))
    throw std::runtime_error(fmt::format("chapter.md: {}", error->reason));
  return std::get<chapters::Chapter>(std::move(parsed));
}

Stop join_one(const StepCode& code, const Section& section) {
  if (code.id != section.id)
    throw std::runtime_error(
        fmt::format("the step {} of main.cpp stands where chapter.md has {}", code.id, section.id));
  auto source = find_function(texts.source, function_of(code.id));
  if (source.first == 0)
    throw std::runtime_error(fmt::format("main.cpp has no function void {}(Step&)", function_of(code.id)));
  return {&code, section, std::move(source)};
}

}  // namespace

std::size_t Course::find(std::string_view id) const {
  const auto found =
      std::find_if(stops.begin(), stops.end(), [&](const Stop& stop) { return stop.section.id == id; });
  return found == stops.end() ? npos : static_cast<std::size_t>(found - stops.begin());
}

Course join(std::span<const StepCode> steps) {
  Course course{parse_chapter(), parse_chapter_text(texts.chapter), {}};
  const auto& sections = course.text.sections;
  if (steps.size() != sections.size())
    throw std::runtime_error(
        fmt::format("main.cpp has {} steps and chapter.md {} sections", steps.size(), sections.size()));
  for (std::size_t i = 0; i < steps.size(); ++i) course.stops.push_back(join_one(steps[i], sections[i]));
  return course;
}

}  // namespace kerneltour::lesson
