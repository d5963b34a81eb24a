#include <fmt/format.h>

#include <iostream>
#include <sstream>

#include "lesson/presenter.hpp"

namespace kerneltour::lesson {
namespace {

class TapPresenter : public Presenter {
 public:
  void chapter_begins(const chapters::Chapter& chapter, const ChapterText&) override {
    std::cout << fmt::format("# {} {}\n", chapter.id, chapter.title) << std::flush;
  }
  void step_begins(const Section& section, std::size_t, std::size_t) override { step_ = section.id; }
  void source(const SourceLines&) override {}

  void event(const Event& event) override {
    switch (event.kind) {
      case Event::Kind::call:
        if (event.expected != 0 || !event.held) test(event.held, written_call(event));
        return;
      case Event::Kind::expectation:
        return test(event.held, event.text, event.detail);
      case Event::Kind::skipped:
        return test(true, fmt::format("# SKIP {}: {}", event.text, event.detail));
      case Event::Kind::note:
        return comment(event.text);
      case Event::Kind::bars:
        for (const auto& row : event.rows)
          comment(fmt::format("{}: {}: {}", event.text, row.label, row.value));
        return;
      case Event::Kind::output:
      case Event::Kind::sample:
        return;
    }
  }
  void step_ends(const Section&, StepStatus) override {}
  void explanation(std::string_view text) override { comment(text); }
  void chapter_ends(StepStatus status) override {
    if (status == StepStatus::stopped) std::cout << "Bail out! stopped\n";
    std::cout << fmt::format("1..{}\n", count_) << std::flush;
  }

 private:
  void test(bool held, std::string_view sentence, std::string_view measured = {}) {
    std::cout << fmt::format("{}ok {} - {}: {}\n", held ? "" : "not ", ++count_, step_,
                             posix::printable(sentence))
              << std::flush;
    if (!measured.empty()) comment(measured);
  }
  static void comment(std::string_view text) {
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);)
      std::cout << fmt::format("#   {}\n", posix::printable(line)) << std::flush;
  }

  std::string step_;
  int count_ = 0;
};

}  // namespace

std::unique_ptr<Presenter> tap_presenter() { return std::make_unique<TapPresenter>(); }

}  // namespace kerneltour::lesson
