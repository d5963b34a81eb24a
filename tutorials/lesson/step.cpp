#include "lesson/step.hpp"

#include <unistd.h>

#include "lesson/event.hpp"
#include "lesson/reporter.hpp"

namespace kerneltour::lesson {

void Reporter::report(const Event& event) {
  const auto line = to_line(event) + "\n";
  std::string_view rest = line;
  while (!rest.empty()) {
    const auto written = write(pipe_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) throw StepEnds{};  // nobody listens any more
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

void Step::tell_note(const std::string& text) { reporter_.report({.text = text, .detail = {}, .rows = {}}); }

int Step::tell_works(long result, int error, const std::string& call) {
  const bool worked = result >= 0;
  reporter_.report({.kind = Event::Kind::call,
                    .text = call,
                    .detail = {},
                    .result = result,
                    .error = worked ? 0 : error,
                    .held = worked,
                    .rows = {}});
  if (!worked) throw StepEnds{};
  return static_cast<int>(result);
}

void Step::tell_refused(int expected, long result, int error, const std::string& call) {
  const int answer = result < 0 ? error : 0;
  reporter_.report({.kind = Event::Kind::call,
                    .text = call,
                    .detail = {},
                    .result = result,
                    .error = answer,
                    .expected = expected,
                    .held = answer == expected,
                    .rows = {}});
}

void Step::expect(bool held, std::string_view sentence, std::string_view measured) {
  reporter_.report({.kind = Event::Kind::expectation,
                    .text = std::string(sentence),
                    .detail = std::string(measured),
                    .held = held,
                    .rows = {}});
}

void Step::output(std::string_view command, std::string_view text) {
  reporter_.report(
      {.kind = Event::Kind::output, .text = std::string(text), .detail = std::string(command), .rows = {}});
}

void Step::bars(std::string_view title, const std::vector<Row>& rows) {
  reporter_.report({.kind = Event::Kind::bars, .text = std::string(title), .detail = {}, .rows = rows});
}

void Step::sample(const std::vector<Row>& rows) {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  reporter_.report({.kind = Event::Kind::sample,
                    .text = {},
                    .detail = {},
                    .time = std::chrono::duration_cast<std::chrono::milliseconds>(now),
                    .rows = rows});
}

void Step::skip(std::string_view missing, std::string_view remedy) {
  reporter_.report({.kind = Event::Kind::skipped,
                    .text = std::string(missing),
                    .detail = std::string(remedy),
                    .rows = {}});
  throw StepEnds{};
}

}  // namespace kerneltour::lesson
