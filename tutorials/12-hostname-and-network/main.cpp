// A host name and a network of our own, under a user namespace: what is
// set and made in them stays in there. uts_namespaces(7),
// network_namespaces(7), veth(4), rtnetlink(7). Run it with: kerneltour
// run 12

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <net/if.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/link/veth.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/host.hpp"
#include "host/programs.hpp"
#include "lesson/lesson.hpp"
#include "lesson/loopback.hpp"
#include "lesson/process.hpp"
#include "lesson/user_namespace.hpp"
#include "posix/fd.hpp"

namespace host = kerneltour::host;
using kerneltour::lesson::Channel;
using kerneltour::lesson::enter_as_root;
using kerneltour::lesson::generic;
using kerneltour::lesson::loopback;
using kerneltour::lesson::Process;
using kerneltour::lesson::run_program;
using kerneltour::lesson::Step;
using kerneltour::posix::Fd;

namespace {

template <auto release>
struct Release {
  template <typename Object>
  void operator()(Object* object) const {
    release(object);
  }
};
using Netlink = std::unique_ptr<nl_sock, Release<nl_socket_free>>;
using Cache = std::unique_ptr<nl_cache, Release<nl_cache_free>>;
using Link = std::unique_ptr<rtnl_link, Release<rtnl_link_put>>;
using Prefix = std::unique_ptr<nl_addr, Release<nl_addr_put>>;
using Address = std::unique_ptr<rtnl_addr, Release<rtnl_addr_put>>;

/// What a call of libnl returned, as a system call would: libnl has error
/// numbers of its own.
int answer(int code) {
  if (code >= 0) return 0;
  errno = code == -NLE_PERM        ? EPERM
          : code == -NLE_OPNOTSUPP ? EOPNOTSUPP
                                   : EIO;
  return -1;
}

/// A socket to ask the kernel about the network namespace that this
/// process is in now: rtnetlink(7).
Netlink ask_network(Step& step) {
  Netlink made(nl_socket_alloc());
  step.works(answer(nl_connect(made.get(), NETLINK_ROUTE)),
             "nl_connect(NETLINK_ROUTE)");
  return made;
}

Link link_named(const Netlink& network, const char* name) {
  rtnl_link* found = nullptr;
  rtnl_link_get_kernel(network.get(), 0, name, &found);
  return Link(found);
}

/// What `ip link set NAME up` does.
int set_up(const Netlink& network, const char* name) {
  const Link link = link_named(network, name);
  const Link change(rtnl_link_alloc());
  rtnl_link_set_flags(change.get(), IFF_UP);
  return answer(
      rtnl_link_change(network.get(), link.get(), change.get(), 0));
}

/// What `ip address add 192.0.2.1/24 dev NAME` does.
int add_address(const Netlink& network, const char* name,
                const char* text) {
  nl_addr* parsed = nullptr;
  nl_addr_parse(text, AF_INET, &parsed);
  const Prefix prefix(parsed);
  const Address address(rtnl_addr_alloc());
  rtnl_addr_set_link(address.get(), link_named(network, name).get());
  rtnl_addr_set_local(address.get(), prefix.get());
  return answer(rtnl_addr_add(network.get(), address.get(), 0));
}

/// All links of a network namespace: "lo down, left up".
std::string links(const Netlink& network) {
  nl_cache* filled = nullptr;
  rtnl_link_alloc_cache(network.get(), AF_UNSPEC, &filled);
  const Cache cache(filled);
  std::string text;
  for (auto* each = nl_cache_get_first(filled); each != nullptr;
       each = nl_cache_get_next(each)) {
    auto* link = reinterpret_cast<rtnl_link*>(each);
    const bool up = (rtnl_link_get_flags(link) & IFF_UP) != 0;
    if (!text.empty()) text += ", ";
    text += rtnl_link_get_name(link);
    text += up ? " up" : " down";
  }
  return text;
}

std::string host_name() {
  utsname names{};
  uname(&names);
  return names.nodename;
}

// A neighbour stays outside, and comes in later.
void own_host_name(Step& step) {
  const auto name = host_name();
  const auto us = fmt::format("/proc/{}/ns/", getpid());
  Process neighbour([&](Channel& inside) {
    inside.hear();
    inside.say(host_name());
    inside.hear();
    const Fd user(open((us + "user").c_str(), O_RDONLY | O_CLOEXEC));
    const Fd uts(open((us + "uts").c_str(), O_RDONLY | O_CLOEXEC));
    step.works(setns(user.get(), CLONE_NEWUSER), "setns({}user)", us);
    step.works(setns(uts.get(), CLONE_NEWUTS), "setns({}uts)", us);
    inside.say(host_name());
  });
  enter_as_root(step, CLONE_NEWUTS);
  step.expect(host_name() == name, "the new namespace has a copy",
              host_name());
  step.works(sethostname("tour", 4), "sethostname(\"tour\")");
  step.expect(host_name() == "tour", "inside the name is new",
              host_name());

  neighbour.say("what is your host's name?");
  const auto outside = neighbour.hear();
  step.expect(outside == name, "outside it is as it was", outside);
  neighbour.say("come in");
  const auto joined = neighbour.hear();
  step.expect(joined == "tour", "who comes in sees the new one", joined);
}

/// A TCP socket that gives up after five seconds.
Fd tcp_socket() {
  Fd made(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval limit{5, 0};
  setsockopt(made.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  setsockopt(made.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  return made;
}

/// Port 80 of that address.
sockaddr_in web_server(const char* host) {
  auto address = loopback(80);
  inet_pton(AF_INET, host, &address.sin_addr);
  return address;
}

Fd listener(Step& step, const char* host) {
  Fd made = tcp_socket();
  const auto address = web_server(host);
  step.works(bind(made.get(), generic(address), sizeof address),
             "bind({}, {}:80)", made.get(), host);
  step.works(listen(made.get(), 8), "listen({}, 8)", made.get());
  return made;
}

// The host's lo is up, so that nothing would change if the first call
// were allowed.
void dead_lo(Step& step) {
  enter_as_root(step);
  const Netlink theirs = ask_network(step);
  step.refused(EPERM, set_up(theirs, "lo"), "rtnl_link_change(lo, up)");

  step.works(unshare(CLONE_NEWNET), "unshare(CLONE_NEWNET)");
  const Netlink ours = ask_network(step);
  const auto found = links(ours);
  step.expect(found.starts_with("lo down") &&
                  found.find(" up") == std::string::npos,
              "there is lo, and nothing is up", found);
  const Fd client = tcp_socket();
  const auto address = web_server("127.0.0.1");
  const int reached =
      connect(client.get(), generic(address), sizeof address);
  step.refused(ENETUNREACH, reached, "connect({}, 127.0.0.1:80)",
               client.get());
}

void lo_up(Step& step) {
  enter_as_root(step, CLONE_NEWNET);
  const Netlink network = ask_network(step);
  step.works(set_up(network, "lo"), "rtnl_link_change(lo, up)");
  const auto address = web_server("127.0.0.1");
  const Fd early = tcp_socket();
  int reached = connect(early.get(), generic(address), sizeof address);
  step.refused(ECONNREFUSED, reached, "connect({}, 127.0.0.1:80)",
               early.get());

  const Fd server = listener(step, "127.0.0.1");
  const Fd client = tcp_socket();
  reached = connect(client.get(), generic(address), sizeof address);
  step.works(reached, "connect({}, 127.0.0.1:80)", client.get());
  const auto found = links(network);
  step.expect(found.starts_with("lo up"), "our loopback works", found);
}

/// A process that goes on to a network namespace of its own, and works
/// there as soon as it hears that the pair is made. It stays until it is
/// ended.
Process other_network(Step& step,
                      const std::function<void(Channel& here)>& work) {
  Process other([&](Channel& here) {
    step.note("Another process:");
    step.works(unshare(CLONE_NEWNET), "unshare(CLONE_NEWNET)");
    here.say("unshared");
    here.hear();
    work(here);
    here.hear();  // without this process its network is gone
  });
  other.hear();
  return other;
}

/// A pair of links: "left" here, "right" in the network namespace of
/// that process. False where the kernel does not know veth(4).
bool make_pair(Step& step, const Netlink& network, Process& other) {
  const int made = answer(
      rtnl_link_veth_add(network.get(), "left", "right", other.pid()));
  if (made < 0 && errno == EOPNOTSUPP) return false;
  step.works(made, "rtnl_link_veth_add(left, right, {})", other.pid());
  other.say("the pair is made");
  return true;
}

[[noreturn]] void skip_pair(Step& step) {
  step.skip("virtual Ethernet pairs: this kernel has none (CONFIG_VETH)",
            "sudo modprobe veth");
}

void veth_pair(Step& step) {
  enter_as_root(step, CLONE_NEWNET);
  const Netlink network = ask_network(step);
  Process other = other_network(
      step, [&](Channel& here) { here.say(links(ask_network(step))); });
  if (!make_pair(step, network, other)) skip_pair(step);
  const auto left = links(network);
  step.expect(left.find("left down") != std::string::npos,
              "one end is in our network namespace", left);
  const auto right = other.hear();
  step.expect(right.find("right down") != std::string::npos,
              "the other end is in the other one", right);
}

/// Address first, then up: from then on the link has a route.
void configure(Step& step, const char* name, const char* address) {
  const Netlink network = ask_network(step);
  step.works(add_address(network, name, address), "rtnl_addr_add({}, {})",
             name, address);
  step.works(set_up(network, name), "rtnl_link_change({}, up)", name);
}

/// Serves one client at the right end: answers with what it heard.
void serve(Step& step, Channel& left) {
  step.note("The other process, at the right end:");
  configure(step, "right", "192.0.2.2/24");
  const Fd server = listener(step, "192.0.2.2");
  left.say("listening");
  sockaddr_in peer{};
  socklen_t size = sizeof peer;
  const Fd connection(
      accept(server.get(), reinterpret_cast<sockaddr*>(&peer), &size));
  std::array<char, 64> text{};
  const auto got = read(connection.get(), text.data(), text.size());
  send(connection.get(), text.data(), static_cast<std::size_t>(got), 0);
  left.say(inet_ntop(AF_INET, &peer.sin_addr, text.data(), text.size()));
}

void across(Step& step) {
  enter_as_root(step, CLONE_NEWNET);
  Process right =
      other_network(step, [&](Channel& left) { serve(step, left); });
  if (!make_pair(step, ask_network(step), right)) skip_pair(step);
  right.hear();
  step.note("We, at the left end:");
  configure(step, "left", "192.0.2.1/24");

  const Fd client = tcp_socket();
  const auto address = web_server("192.0.2.2");
  const int reached =
      connect(client.get(), generic(address), sizeof address);
  step.works(reached, "connect({}, 192.0.2.2:80)", client.get());
  step.works(write(client.get(), "hello", 5), "write({}, \"hello\")",
             client.get());
  std::array<char, 64> text{};
  const auto got = read(client.get(), text.data(), text.size());
  step.works(got, "read({}, \"{}\")", client.get(), text.data());
  step.expect(text.data() == std::string("hello"),
              "our words come back from the other network");
  const auto peer = right.hear();
  step.expect(peer == "192.0.2.1", "the server saw our address", peer);
}

// This process stays in the host's network; another one builds the pair.
void host_unchanged(Step& step) {
  const auto ip = host::find_program(host::Host::running(), "ip");
  if (!ip) step.skip("the program ip(8)", "sudo apt install iproute2");
  const auto list = [&] {
    return run_program({ip->path, "-brief", "link"}).output;
  };
  bool same = false;
  for (int tries = 0; tries < 3 && !same; ++tries) {
    const auto before = list();
    step.output("ip -brief link", before);
    Process inside([&](Channel& outside) {
      enter_as_root(step, CLONE_NEWNET);
      Process other = other_network(step, [](Channel&) {});
      const bool made = make_pair(step, ask_network(step), other);
      step.output("ip -brief link   # inside", list());
      outside.say(made ? "made" : "");
      outside.hear();
    });
    if (inside.hear().empty()) skip_pair(step);
    const auto meanwhile = list();
    inside.end();
    same = meanwhile == before && list() == before;
    if (!same) step.note("The host's own links have changed meanwhile.");
  }
  step.expect(same,
              "the host's links: the same before, with the pair, "
              "and after it");
}

std::vector<std::string> own_namespaces() {
  std::vector<std::string> found;
  for (const auto* kind : {"user", "uts", "net", "mnt", "pid", "ipc"})
    found.push_back(std::filesystem::read_symlink(
        fmt::format("/proc/self/ns/{}", kind)));
  return found;
}

void what_you_know(Step& step) {
  const auto before = own_namespaces();
  enter_as_root(step, CLONE_NEWUTS | CLONE_NEWNET);
  const auto now = own_namespaces();
  for (std::size_t i = 0; i < now.size(); ++i) {
    const bool ours = i < 3;
    step.expect((now[i] != before[i]) == ours,
                ours ? "one of our own" : "the host's, as before",
                now[i]);
  }
}

}  // namespace

int main(int argc, char** argv) {
  constexpr kerneltour::lesson::StepCode steps[] = {
      {"own-host-name", own_host_name},
      {"dead-lo", dead_lo},
      {"lo-up", lo_up},
      {"veth-pair", veth_pair},
      {"across", across},
      {"host-unchanged", host_unchanged},
      {"what-you-know", what_you_know},
  };
  return kerneltour::lesson::run(argc, argv, steps);
}
