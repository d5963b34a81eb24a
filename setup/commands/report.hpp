#pragma once

#include <string>
#include <vector>

#include "chapters/header.hpp"
#include "features/judging.hpp"
#include "host/facts.hpp"
#include "posix/terminal.hpp"

// What `check` found, and the two ways to show it.
namespace kerneltour::commands {

using features::Judged;

/// A chapter, and what of its needs is not ready.
struct ChapterReadiness {
  const chapters::Chapter* chapter;
  features::Status status = features::Status::ready;
  std::vector<std::string> blocked_by;
};

struct Report {
  host::Facts facts;
  std::string ordinary;  ///< who the probes as an ordinary user were made as; empty where there were none
  std::vector<Judged> features;
  std::vector<ChapterReadiness> chapters;
  std::string root;      ///< the directory that the host is below; empty where it is the running one
  bool explain = false;  ///< show of each feature what it is, and what it rests on even where ready
};

/// A chapter is as ready as the worst of its needs, all of which are among `features`.
ChapterReadiness judge_chapter(const chapters::Chapter& chapter, const std::vector<Judged>& features);

/// The exit status for these verdicts: what is impossible counts before what is fixable, and that before what
/// could not be told.
int exit_status(const std::vector<Judged>& features);

std::string as_text(const Report& report, const posix::Terminal& terminal);

/// As check.schema.json describes it, indented, with a newline at its end.
std::string as_json(const Report& report);

}  // namespace kerneltour::commands
