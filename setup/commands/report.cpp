#include "commands/report.hpp"

#include <algorithm>

namespace kerneltour::commands {

using features::Status;

ChapterReadiness judge_chapter(const chapters::Chapter& chapter, const std::vector<Judged>& features) {
  ChapterReadiness readiness{&chapter, Status::ready, {}};
  for (const auto& [feature, verdict] : features) {
    const bool needed =
        std::find(chapter.needs.begin(), chapter.needs.end(), feature->id) != chapter.needs.end();
    if (!needed || verdict.status == Status::ready) continue;
    readiness.status = std::max(readiness.status, verdict.status);
    readiness.blocked_by.emplace_back(feature->id);
  }
  return readiness;
}

int exit_status(const std::vector<Judged>& features) {
  auto worst = Status::ready;
  for (const auto& judged : features) worst = std::max(worst, judged.verdict.status);
  switch (worst) {
    case Status::ready:
      return 0;
    case Status::fixable:
      return 1;
    case Status::impossible:
      return 3;
    case Status::unknown:
      break;
  }
  return 4;
}

}  // namespace kerneltour::commands
