#include "features/all.hpp"
#include "features/installed_programs.hpp"

namespace kerneltour::features {
namespace {

constexpr std::string_view documents[] = {"lxc(7)", "lxc-create(1)"};
constexpr std::string_view programs[] = {"lxc-create", "lxc-start", "lxc-attach", "lxc-info", "lxc-destroy"};

Verdict judge(const Situation& situation) { return judge_installed(situation, programs, "lxc"); }

}  // namespace

const Feature lxc = {
    "lxc", "LXC containers", "",    "LXC's own commands, which make and run system containers.", documents,
    {},    programs,         judge,
};

}  // namespace kerneltour::features
