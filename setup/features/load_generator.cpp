#include "features/all.hpp"
#include "features/installed_programs.hpp"

namespace kerneltour::features {
namespace {

constexpr std::string_view documents[] = {"ab(1)"};
constexpr std::string_view programs[] = {"ab"};

Verdict judge(const Situation& situation) { return judge_installed(situation, programs, "apache2-utils"); }

}  // namespace

const Feature load_generator = {
    "load-generator",
    "A load generator",
    "",
    "ab, ApacheBench: many HTTP requests at once against one server.",
    documents,
    {},
    programs,
    judge,
};

}  // namespace kerneltour::features
