#include "lesson/prerequisites.hpp"

#include <fmt/format.h>

#include "features/catalogue.hpp"
#include "features/judging.hpp"

namespace kerneltour::lesson {

std::vector<std::string> missing_prerequisites(const chapters::Chapter& chapter) {
  std::vector<const features::Feature*> needed;
  for (const auto& id : chapter.needs) needed.push_back(features::find(id));
  std::vector<std::string> missing;
  if (needed.empty()) return missing;
  for (const auto& [feature, verdict] : features::judge_running(needed, features::caller()).features) {
    if (verdict.status != features::Status::ready)
      missing.push_back(fmt::format("{}: {}", feature->id, verdict.reason));
  }
  return missing;
}

}  // namespace kerneltour::lesson
