// Who may join a port with SO_REUSEPORT: only sockets of the user who has
// it already. socket(7), bind(2), seteuid(2). Run it with: kerneltour run
// 20

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "lesson/lesson.hpp"
#include "lesson/loopback.hpp"
#include "lesson/process.hpp"
#include "lesson/user_namespace.hpp"

using kerneltour::lesson::enter_with_maps;
using kerneltour::lesson::generic;
using kerneltour::lesson::loopback;
using kerneltour::lesson::name_of;
using kerneltour::lesson::port_of;
using kerneltour::lesson::show_sockets;
using kerneltour::lesson::Side;
using kerneltour::lesson::Step;
using kerneltour::lesson::subordinate_range;
using kerneltour::posix::Fd;

namespace {

constexpr int on = 1;

/// A user whom this process may become, and leave again, with seteuid(2).
uid_t another_user(Step& step) {
  uid_t other = 65534;  // nobody
  if (geteuid() != 0) {
    // An ordinary user may be somebody else only in a user namespace:
    // chapter 10. Both IDs keep their numbers in there, and the network
    // stays the host's.
    const auto own = getuid();
    other = subordinate_range(step, Side::users, 1).start;
    enter_with_maps(step, {{own, own}, {other, other}}, {});
  }
  if (seteuid(other) != 0 || seteuid(getuid()) != 0)
    step.skip(fmt::format("the right to become user {} here", other),
              "kerneltour check user-namespaces");
  step.note("We are user {}, and can be user {}.", getuid(), other);
  return other;
}

/// A socket with SO_REUSEPORT, not bound yet.
Fd sharing_socket() {
  Fd made(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  setsockopt(made.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  return made;
}

/// Such a socket listens on 127.0.0.1; port 0 lets the kernel choose.
Fd listen_on(Step& step, std::uint16_t port) {
  Fd server = sharing_socket();
  const auto address = loopback(port);
  step.works(bind(server.get(), generic(address), sizeof address),
             "bind({}, 127.0.0.1:{})", server.get(), port);
  step.works(listen(server.get(), 64), "listen({}, 64)", server.get());
  if (port == 0)
    step.note("The kernel chose port {}.", port_of(server.get()));
  return server;
}

/// The user to whom a socket belongs: fstat(2) tells.
uid_t owner_of(Step& step, const Fd& file) {
  struct stat status {};
  step.works(fstat(file.get(), &status), "fstat({})", file.get());
  step.note("st_uid: socket {} belongs to user {}.", file.get(),
            status.st_uid);
  return status.st_uid;
}

void one_user(Step& step) {
  const Fd first = listen_on(step, 0);
  const Fd second = listen_on(step, port_of(first.get()));
  const uid_t owner = owner_of(step, first);
  step.expect(owner_of(step, second) == owner,
              "both listeners belong to the same user", name_of(owner));
}

// The second listener names one address, where the first takes any.
void better_match(Step& step) {
  const Fd general = sharing_socket();
  auto any = loopback(0);
  any.sin_addr.s_addr = htonl(INADDR_ANY);
  step.works(bind(general.get(), generic(any), sizeof any),
             "bind({}, 0.0.0.0:0)", general.get());
  step.works(listen(general.get(), 64), "listen({}, 64)", general.get());
  const Fd specific = listen_on(step, port_of(general.get()));

  std::array<Fd, 20> clients;
  const auto address = loopback(port_of(general.get()));
  for (Fd& client : clients) {
    client = Fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (connect(client.get(), generic(address), sizeof address) != 0)
      step.works(-1, "connect({})", client.get());
  }
  const timeval limit{2, 0};  // for accept(2), should the kernel have
                              // chosen the other listener
  setsockopt(specific.get(), SOL_SOCKET, SO_RCVTIMEO, &limit,
             sizeof limit);
  unsigned taken = 0;
  while (taken < clients.size() &&
         Fd(accept(specific.get(), nullptr, nullptr)))
    ++taken;
  step.expect(taken == clients.size(),
              "the listener on 127.0.0.1 gets every connection",
              fmt::format("{} of {}", taken, clients.size()));
}

void another_user_binds(Step& step) {
  const uid_t other = another_user(step);
  const Fd ours = listen_on(step, 0);

  step.works(seteuid(other), "seteuid({})", other);
  const Fd theirs = sharing_socket();
  owner_of(step, theirs);
  auto address = loopback(port_of(ours.get()));
  const int same = bind(theirs.get(), generic(address), sizeof address);
  step.refused(EADDRINUSE, same, "bind({}, 127.0.0.1:{})", theirs.get(),
               port_of(ours.get()));

  address.sin_addr.s_addr = htonl(INADDR_ANY);
  const int any = bind(theirs.get(), generic(address), sizeof address);
  step.refused(EADDRINUSE, any, "bind({}, 0.0.0.0:{})", theirs.get(),
               port_of(ours.get()));
}

void other_way_round(Step& step) {
  const uid_t other = another_user(step);
  step.works(seteuid(other), "seteuid({})", other);
  const Fd theirs = listen_on(step, 0);

  step.works(seteuid(getuid()), "seteuid({})", getuid());
  const Fd ours = sharing_socket();
  const auto address = loopback(port_of(theirs.get()));
  const int answer = bind(ours.get(), generic(address), sizeof address);
  step.refused(EADDRINUSE, answer, "bind({}, 127.0.0.1:{})", ours.get(),
               port_of(theirs.get()));
}

// As a server that is started by one user, makes its socket, and goes on
// as another.
void made_before(Step& step) {
  const uid_t other = another_user(step);
  const Fd ours = listen_on(step, 0);
  const auto address = loopback(port_of(ours.get()));
  const Fd early = sharing_socket();
  step.works(seteuid(other), "seteuid({})", other);
  owner_of(step, early);
  const int joined = bind(early.get(), generic(address), sizeof address);
  step.works(joined, "bind({}, 127.0.0.1:{})", early.get(),
             port_of(ours.get()));
  step.works(listen(early.get(), 64), "listen({}, 64)", early.get());

  const Fd late = sharing_socket();
  owner_of(step, late);
  const int answer = bind(late.get(), generic(address), sizeof address);
  step.refused(EADDRINUSE, answer, "bind({}, 127.0.0.1:{})", late.get(),
               port_of(ours.get()));
}

void what_you_know(Step& step) {
  const Fd server = listen_on(step, 0);
  const auto listed = show_sockets(step, "-ltne", port_of(server.get()));
  const bool named =
      listed.find(fmt::format("uid:{} ", geteuid())) != std::string::npos;
  step.expect(named == (geteuid() != 0), "ss names every owner but root",
              fmt::format("we are user {}", geteuid()));
}

}  // namespace

int main(int argc, char** argv) {
  constexpr kerneltour::lesson::StepCode steps[] = {
      {"one-user", one_user},
      {"better-match", better_match},
      {"another-user-binds", another_user_binds},
      {"other-way-round", other_way_round},
      {"made-before", made_before},
      {"what-you-know", what_you_know},
  };
  return kerneltour::lesson::run(argc, argv, steps);
}
