#include "features/all.hpp"
#include "features/socket_feature.hpp"

namespace kerneltour::features {
namespace {

constexpr std::string_view since = "4.6";
constexpr std::string_view documents[] = {"socket(7): SO_ATTACH_REUSEPORT_CBPF"};
constexpr probes::Id asked[] = {probes::Id::reuseport_bpf};

Verdict judge(const Situation& situation) {
  return judge_socket_feature(situation, asked[0], since,
                              "a BPF program chooses the socket that a datagram reaches");
}

}  // namespace

const Feature reuseport_bpf = {
    "reuseport-bpf",
    "Steering by a BPF program",
    since,
    "A small program in the kernel that chooses, among the sockets of one port, the one that a datagram "
    "(Linux 4.5) or a connection (4.6) reaches. A classic BPF program needs no privilege.",
    documents,
    asked,
    {},
    judge,
};

}  // namespace kerneltour::features
