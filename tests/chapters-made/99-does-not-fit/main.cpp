// A chapter for the tests: its code and its text name different steps.

#include "lesson/lesson.hpp"

using kerneltour::lesson::Step;

namespace {

void coded(Step& step) { step.note("no section tells of this"); }

}  // namespace

int main(int argc, char** argv) {
  constexpr kerneltour::lesson::StepCode steps[] = {{"coded", coded}};
  return kerneltour::lesson::run(argc, argv, steps);
}
