#include "features/all.hpp"
#include "features/socket_feature.hpp"

namespace kerneltour::features {
namespace {

constexpr std::string_view since = "3.9";
constexpr std::string_view documents[] = {"socket(7)", "https://lwn.net/Articles/542629/"};
constexpr probes::Id asked[] = {probes::Id::so_reuseport};

Verdict judge(const Situation& situation) {
  return judge_socket_feature(situation, asked[0], since,
                              "two TCP listeners and two UDP sockets share one port");
}

}  // namespace

const Feature so_reuseport = {
    "so-reuseport",
    "SO_REUSEPORT",
    since,
    "Several sockets of one user bound to the same address and port, among which the kernel spreads "
    "connections or datagrams. Each socket sets the option before bind(2).",
    documents,
    asked,
    {},
    judge,
};

}  // namespace kerneltour::features
