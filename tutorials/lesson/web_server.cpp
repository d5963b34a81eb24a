#include "lesson/web_server.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <chrono>
#include <string_view>
#include <thread>

#include "host/programs.hpp"
#include "posix/file.hpp"

namespace kerneltour::lesson {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t page_size = 10701;

/// What Debian's packages turn on, without the log of requests, and nothing of what the host has set up.
constexpr std::string_view apache_settings = R"(ServerName web
Listen 0.0.0.0:80
DefaultRuntimeDir /run
PidFile /run/apache2.pid
ErrorLog /run/error.log
User www-data
Group www-data
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
DocumentRoot /srv/kerneltour
)";

struct Server {
  std::string name;
  std::string command;
};

Server server_of_host(Step& step) {
  const auto host = host::Host::running();
  if (const auto apache = find_program(host, "apache2"))
    return {"apache2", apache->path + " -DFOREGROUND -f /srv/kerneltour.conf"};
  if (const auto busybox = find_program(host, "busybox"))
    return {"busybox httpd", busybox->path + " httpd -f -p 0.0.0.0:80 -h /srv/kerneltour"};
  step.skip("a web server that a container can run: apache2, or busybox", "sudo apt-get install busybox");
}

/// Whether somebody listens on port 80 in the network that the process is in (proc(5), /proc/net/tcp).
bool listens(pid_t process) {
  const auto table = posix::read_file(AT_FDCWD, fmt::format("/proc/{}/net/tcp", process).c_str());
  return table.text.find(":0050 00000000:0000 0A") != std::string::npos;
}

}  // namespace

std::string serve_page(Step& step, Container& container) {
  const auto server = server_of_host(step);
  container.put("/srv/kerneltour/index.html", std::string(page_size, '.'));
  container.put("/srv/kerneltour.conf", apache_settings);
  container.create(server.command);
  container.start();
  for (int tries = 0; !listens(container.init()) && tries < 300; ++tries) std::this_thread::sleep_for(100ms);
  step.expect(listens(container.init()), server.name + " listens on port 80",
              "in the container " + container.name());
  return server.name;
}

}  // namespace kerneltour::lesson
