#include "lesson/source.hpp"

#include <doctest/doctest.h>

using kerneltour::lesson::find_function;
using kerneltour::lesson::function_of;

namespace {

constexpr const char* source =
    "// The file.\n"
    "\n"
    "void helper(int x) {\n"
    "}\n"
    "\n"
    "// Why it is refused:\n"
    "// bind(2).\n"
    "void second_bind(Step& step) {\n"
    "  if (x) {\n"
    "  }\n"
    "}\n"
    "\n"
    "void last(Step&) { }\n"
    "void second(Step& step) {\n";

}  // namespace

TEST_CASE("a step's function is named after its id") { CHECK(function_of("second-bind") == "second_bind"); }

TEST_CASE("a function is found with the comment directly above it, to its closing brace") {
  const auto found = find_function(source, "second_bind");
  CHECK(found.first == 6);
  CHECK(found.text ==
        "// Why it is refused:\n// bind(2).\nvoid second_bind(Step& step) {\n  if (x) {\n  }\n}\n");
}

TEST_CASE("a function without a comment, of one line, is found") {
  CHECK(find_function(source, "last").first == 13);
  CHECK(find_function(source, "last").text == "void last(Step&) { }\n");
}

TEST_CASE("what is no step's function, or has no end, is not found") {
  CHECK(find_function(source, "helper").first == 0);
  CHECK(find_function(source, "second").first == 0);
  CHECK(find_function(source, "missing").first == 0);
}
