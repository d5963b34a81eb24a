#include "features/all.hpp"
#include "features/installed_programs.hpp"

namespace kerneltour::features {
namespace {

constexpr std::string_view documents[] = {"ruby(1)"};
constexpr std::string_view programs[] = {"ruby"};

Verdict judge(const Situation& situation) { return judge_installed(situation, programs, "ruby"); }

}  // namespace

const Feature ruby = {
    "ruby",    "Ruby", "",       "The language of the article that the last chapter comes from.",
    documents, {},     programs, judge,
};

}  // namespace kerneltour::features
