#include <fmt/format.h>
#include <unistd.h>

#include <clocale>
#include <iostream>
#include <memory>
#include <stdexcept>

#include "chapters/progress.hpp"
#include "lesson/copy.hpp"
#include "lesson/course.hpp"
#include "lesson/invoking_user.hpp"
#include "lesson/leftovers.hpp"
#include "lesson/lesson.hpp"
#include "lesson/options.hpp"
#include "lesson/prerequisites.hpp"
#include "lesson/presenter.hpp"
#include "lesson/reader.hpp"
#include "lesson/record_file.hpp"
#include "lesson/recording.hpp"
#include "lesson/step_process.hpp"
#include "lesson/texts.hpp"
#include "posix/error.hpp"

namespace kerneltour::lesson {
namespace {

constexpr int passed = 0;
constexpr int failed = 1;
constexpr int wrong_usage = 2;
constexpr int missing = 77;  // what automake's and TAP's harnesses take for "skipped"

/// Where the reader's progress is kept. A lesson goes on where it cannot be.
class Bookmark {
 public:
  Bookmark(std::string chapter, bool switched_user)
      : chapter_(std::move(chapter)), path_(chapters::progress_path(switched_user)) {}

  chapters::ChapterProgress read() const {
    if (!path_) return {};
    const auto all = chapters::read_progress(*path_);
    const auto found = all.find(chapter_);
    return found == all.end() ? chapters::ChapterProgress{} : found->second;
  }
  void put(const chapters::ChapterProgress& progress) {
    if (!path_) return;
    try {
      chapters::record_progress(*path_, chapter_, progress);
    } catch (const posix::SystemError& error) {
      std::cerr << "kerneltour: your progress is not kept: " << error.what() << '\n';
      path_.reset();  // said once
    }
  }

 private:
  std::string chapter_;
  std::optional<std::string> path_;
};

/// One walk through a chapter.
class Walk {
 public:
  Walk(const Course& course, const Options& options, Bookmark bookmark, std::vector<RecordFile> files)
      : course_(course),
        terminal_(posix::Terminal::of(STDOUT_FILENO)),
        interactive_(!options.unattended && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)),
        presenter_(make_presenter(options.format, terminal_)),
        reader_(terminal_, signals_, texts.source),
        bookmark_(std::move(bookmark)),
        recording_(fmt::format("Chapter {:02}: {}", course.chapter.number, course.chapter.title),
                   here_and_now()),
        files_(std::move(files)) {
    if (options.from) {
      at_ = course_.find(*options.from);
      if (at_ == Course::npos)
        throw std::invalid_argument(fmt::format("--from: this chapter has no step '{}'; --list names them",
                                                posix::printable(*options.from)));
    } else if (interactive_) {
      resume();
    }
  }

  int go() {
    const int status = to_the_end();
    const bool kept = keep(recording_, files_);
    return kept || status != passed ? status : failed;
  }

 private:
  int to_the_end() {
    presenter_->chapter_begins(course_.chapter, course_.text);
    while (at_ < course_.stops.size()) {
      switch (visit(course_.stops[at_])) {
        case Wish::go_on:
          ++at_;
          break;
        case Wish::back:
          at_ = at_ > 0 ? at_ - 1 : 0;
          break;
        case Wish::quit:
          return leave();
      }
    }
    presenter_->chapter_ends(worst_);
    if (interactive_) bookmark_.put({"", true});
    return worst_ == StepStatus::failed ? failed : passed;
  }

  static std::unique_ptr<Presenter> make_presenter(const std::string& format,
                                                   const posix::Terminal& terminal) {
    if (format == "tap") return tap_presenter();
    if (format == "json") return json_presenter();
    return text_presenter(terminal);
  }

  void resume() {
    const auto found = course_.find(bookmark_.read().next);
    if (found == Course::npos || found == 0) return;
    at_ = found;
    std::cout << fmt::format("Going on with step {} of {}. To begin again: --from {}\n\n", at_ + 1,
                             course_.stops.size(), course_.stops[0].section.id);
  }

  Wish visit(const Stop& stop) {
    const bool was_finished = interactive_ && bookmark_.read().finished;
    if (interactive_) bookmark_.put({stop.section.id, was_finished});
    presenter_->step_begins(stop.section, at_ + 1, course_.stops.size());
    presenter_->source(stop.source);
    if (interactive_) {
      if (stop.section.prediction.asked() && reader_.predict(stop.section.prediction) == Wish::quit)
        return Wish::quit;
      if (const auto wish = reader_.wish("run it"); wish != Wish::go_on) return wish;
    }
    recording_.step_begins(stop.section);
    const auto status = run_step(*stop.code, signals_, [&](const Event& event) {
      recording_.event(event);
      presenter_->event(event);
    });
    if (status == StepStatus::stopped) return Wish::quit;
    presenter_->step_ends(stop.section, status);
    if (status == StepStatus::failed) explain();
    count(status);
    const bool last = at_ + 1 == course_.stops.size();
    return interactive_ && !last ? reader_.wish("next step") : Wish::go_on;
  }

  /// A skipped step does not outweigh a failed one.
  void count(StepStatus status) {
    if (status == StepStatus::failed || worst_ == StepStatus::passed) worst_ = status;
  }

  void explain() {
    const auto reasons = missing_prerequisites(course_.chapter);
    for (const auto& reason : reasons) presenter_->explanation(reason);
    if (reasons.empty())
      presenter_->explanation(
          "This host has all that the chapter needs, by kerneltour check. A very busy machine may be the "
          "cause; if "
          "it happens again, please report it with what is shown above.");
  }

  int leave() {
    if (signals_.received() != 0) {
      presenter_->chapter_ends(StepStatus::stopped);
      return 128 + signals_.received();
    }
    std::cout << fmt::format("\nUntil next time: kerneltour run {} goes on here.\n", course_.chapter.number);
    return worst_ == StepStatus::failed ? failed : passed;
  }

  const Course& course_;
  posix::Terminal terminal_;
  StopSignals signals_;
  bool interactive_;
  std::unique_ptr<Presenter> presenter_;
  Reader reader_;
  Bookmark bookmark_;
  Recording recording_;
  std::vector<RecordFile> files_;
  std::size_t at_ = 0;
  StepStatus worst_ = StepStatus::passed;
};

/// Becomes who the chapter is for, and says so. False where it has to be root and is not.
bool take_place(const chapters::Chapter& chapter, bool& switched) {
  if (chapter.privilege == chapters::Privilege::root) {
    if (geteuid() == 0) return true;
    std::cerr << fmt::format("kerneltour: this chapter needs root: sudo kerneltour run {}\n", chapter.number);
    return false;
  }
  if (const auto user = become_invoking_user()) {
    switched = true;
    std::cerr << fmt::format("kerneltour: this chapter is for an ordinary user: running as {}, not as root\n",
                             *user);
  }
  return true;
}

bool has_what_it_needs(const chapters::Chapter& chapter) {
  const auto lacking = missing_prerequisites(chapter);
  if (lacking.empty()) return true;
  std::cerr << fmt::format("kerneltour: this host is not ready for chapter {}:\n", chapter.number);
  for (const auto& reason : lacking) std::cerr << "  " << posix::printable(reason) << '\n';
  std::cerr << fmt::format("What to do: sudo kerneltour prepare --for {}\n", chapter.number);
  return false;
}

int print_help(const Course& course, std::span<const Setting> settings) {
  std::cout << fmt::format("Usage: kerneltour run {} [OPTION...]\n\n{}\n\n{}{}", course.chapter.number,
                           course.chapter.title, options_help(), settings_help(settings));
  return passed;
}

int print_list(const Course& course) {
  for (const auto& stop : course.stops)
    std::cout << fmt::format("{} {}\n", stop.section.id, stop.source.first);
  return passed;
}

int run_chapter(const Course& course, const Options& options, std::span<const Setting> settings) {
  if (options.help) return print_help(course, settings);
  if (options.set) take_setting(*options.set, settings);
  if (options.list) return print_list(course);
  if (options.source) {
    std::cout << texts.source;
    return passed;
  }
  bool switched = false;
  if (!take_place(course.chapter, switched)) return missing;
  if (options.copy) {
    copy_chapter(*options.copy);
    std::cout << fmt::format("{} holds the chapter now. Build it: cmake -B build && cmake --build build\n",
                             *options.copy);
    return passed;
  }
  std::vector<RecordFile> files;
  for (const auto& path : options.record) files.emplace_back(path);
  if (!has_what_it_needs(course.chapter)) return missing;
  for (const auto& path : remove_leftovers())
    std::cerr << fmt::format("kerneltour: removed {}, which an earlier run left\n", path);
  return Walk(course, options, Bookmark(course.chapter.id, switched), std::move(files)).go();
}

}  // namespace

int run(int argc, char** argv, std::span<const StepCode> steps, std::span<const Setting> settings) {
  std::setlocale(LC_CTYPE, "");
  try {
    return run_chapter(join(steps), parse_options(argc, argv), settings);
  } catch (const std::invalid_argument& error) {
    std::cerr << "kerneltour: " << error.what() << '\n';
    return wrong_usage;
  } catch (const std::exception& error) {
    std::cerr << "kerneltour: " << error.what() << '\n';
    return failed;
  }
}

}  // namespace kerneltour::lesson
