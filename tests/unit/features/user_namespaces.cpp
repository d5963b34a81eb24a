#include <doctest/doctest.h>

#include "unit/features/situation.hpp"

using namespace kerneltour;
using namespace kerneltour::test;
using probes::Id;

namespace {

constexpr const char* creation = "unshare(CLONE_NEWUSER)";

probes::Answers answered(const probes::Outcome& outcome) {
  probes::Answers answers;
  answers[Id::user_namespace] = outcome;
  return answers;
}

std::string judged(const host::Facts& facts, const probes::Answers& answers = {}) {
  return gist(judge(features::user_namespaces, facts, answers));
}

}  // namespace

TEST_CASE("a user namespace that could be created and used is ready, whatever the settings say") {
  auto facts = debian_12();
  set_sysctl(facts, "kernel.apparmor_restrict_unprivileged_userns", "1");
  CHECK(judged(facts, answered(worked())) == "ready");
}

TEST_CASE("ENOSPC is the limit user.max_user_namespaces, and 0 is told from used up") {
  auto facts = debian_12();
  const auto answers = answered(refused(creation, ENOSPC));
  CHECK(judged(facts, answers) == "fixable sysctl");
  CHECK(says(judge(features::user_namespaces, facts, answers), "used up"));
  set_sysctl(facts, "user.max_user_namespaces", "0");
  const auto verdict = judge(features::user_namespaces, facts, answers);
  CHECK(gist(verdict) == "fixable sysctl");
  CHECK(says(verdict, "user.max_user_namespaces is 0"));
  CHECK(
      commands_of(verdict) ==
      "echo 'user.max_user_namespaces = 15000' > /etc/sysctl.d/zz-kerneltour-user-max-user-namespaces.conf\n"
      "sysctl -w user.max_user_namespaces=15000\n");
}

TEST_CASE("EPERM with Debian's switch off is that switch") {
  auto facts = debian_12();
  set_sysctl(facts, "kernel.unprivileged_userns_clone", "0");
  const auto verdict = judge(features::user_namespaces, facts, answered(refused(creation, EPERM)));
  CHECK(gist(verdict) == "fixable sysctl");
  CHECK(commands_of(verdict).find("sysctl -w kernel.unprivileged_userns_clone=1") != std::string::npos);
}

TEST_CASE("what stands behind the reason that the kernel gives is fixed with it") {
  auto facts = debian_12();
  set_sysctl(facts, "kernel.unprivileged_userns_clone", "0");
  set_sysctl(facts, "user.max_user_namespaces", "0");
  set_sysctl(facts, "kernel.apparmor_restrict_unprivileged_userns", "1");
  const auto verdict = judge(features::user_namespaces, facts, answered(refused(creation, EPERM)));
  CHECK(gist(verdict) == "fixable sysctl");
  CHECK(says(verdict, "no user may create one; kernel.unprivileged_userns_clone is 0"));
  std::vector<std::string> ids;
  for (const auto& fix : verdict.fixes) ids.push_back(fix.id);
  CHECK(ids == std::vector<std::string>{"sysctl:user.max_user_namespaces=15000",
                                        "sysctl:kernel.unprivileged_userns_clone=1",
                                        "apparmor-profile:kerneltour"});
}

TEST_CASE("where a limit is used up, and AppArmor would refuse, both are fixed") {
  auto facts = debian_12();
  set_sysctl(facts, "user.max_user_namespaces", "7");
  set_sysctl(facts, "kernel.apparmor_restrict_unprivileged_userns", "1");
  const auto verdict = judge(features::user_namespaces, facts, answered(refused(creation, ENOSPC)));
  CHECK(says(verdict, "is used up"));
  CHECK(verdict.fixes.size() == 2);
}

TEST_CASE("AppArmor is caught where it refuses creation, and where it takes the power away") {
  auto facts = debian_12();
  set_sysctl(facts, "kernel.apparmor_restrict_unprivileged_userns", "1");
  CHECK(judged(facts, answered(refused(creation, EACCES))) == "fixable security-module");
  const auto powerless =
      judge(features::user_namespaces, facts, answered(refused("write(/proc/self/uid_map)", EPERM)));
  CHECK(gist(powerless) == "fixable security-module");
  CHECK(says(powerless, "powerless"));
  // The restriction is never turned off: our own programs get a profile.
  CHECK(commands_of(powerless).find("/etc/apparmor.d/kerneltour") != std::string::npos);
  CHECK(commands_of(powerless).find("restrict_unprivileged_userns=0") == std::string::npos);
}

TEST_CASE("a kernel built without user namespaces answers EINVAL") {
  auto facts = debian_12();
  set_release(facts, "6.0.9");
  set_config(facts, "CONFIG_NAMESPACES=y\n# CONFIG_USER_NS is not set\n");
  CHECK(judged(facts, answered(refused(creation, EINVAL))) == "fixable kernel-config");
  facts.config = {};
  CHECK(judged(facts, answered(refused(creation, EINVAL))) == "fixable kernel-config");
}

TEST_CASE("EPERM inside a chroot is the chroot, seen in the mounts or by the probe") {
  auto facts = debian_12();
  auto answers = answered(refused(creation, EPERM));
  answers[Id::root_directory] = {probes::Outcome::Result::wrong, "setns(mnt)", 0};
  CHECK(judged(facts, answers) == "impossible chroot");
  facts.confinement.chroot = true;
  CHECK(judged(facts, answered(refused(creation, EPERM))) == "impossible chroot");
}

TEST_CASE("where root may and ordinary users may not, a chroot is not to blame") {
  auto facts = debian_12();
  facts.confinement.chroot = true;
  set_sysctl(facts, "kernel.unprivileged_userns_clone", "0");
  auto answers = answered(refused(creation, EPERM));
  answers[Id::user_namespace_root] = worked();
  CHECK(judged(facts, answers) == "fixable sysctl");
}

TEST_CASE("EPERM under a seccomp filter is seccomp, and in a container the container") {
  auto facts = debian_12();
  facts.confinement.seccomp_filter = true;
  CHECK(judged(facts, answered(refused(creation, EPERM))) == "impossible seccomp");
  facts.confinement.container = "docker";
  CHECK(judged(facts, answered(refused(creation, EPERM))) == "impossible container");
}

TEST_CASE("EPERM that nothing seen explains is put down to a chroot, unless that is known not to be one") {
  auto facts = debian_12();
  auto answers = answered(refused(creation, EPERM));
  CHECK(judged(facts, answers) == "impossible chroot");
  facts.security_modules = {true, {"selinux"}, "/sys/kernel/security/lsm"};
  CHECK(judged(facts, answers) == "unknown security-module");
  facts.security_modules = {};
  answers[Id::root_directory] = worked();
  CHECK(judged(facts, answers) == "unknown security-module");
}

TEST_CASE("a user that kerneltour cannot become is not judged") {
  const auto verdict =
      judge(features::user_namespaces, debian_12(), answered(refused("setresuid(1000)", EINVAL)));
  CHECK(gist(verdict) == "unknown privilege");
  CHECK(says(verdict, "could not become user ann"));
}

TEST_CASE("a probe without an answer is unknown") {
  CHECK(judged(debian_12(), answered({probes::Outcome::Result::timed_out, "", 0})) == "unknown");
}

TEST_CASE("a host that is not running is judged by configuration and settings") {
  auto facts = debian_12();
  facts.live = false;
  CHECK(judged(facts) == "ready");
  set_sysctl(facts, "kernel.apparmor_restrict_unprivileged_userns", "1");
  CHECK(judged(facts) == "fixable security-module");
  set_sysctl(facts, "kernel.unprivileged_userns_clone", "0");
  CHECK(judged(facts) == "fixable sysctl");
  set_sysctl(facts, "user.max_user_namespaces", "0");
  CHECK(says(judge(features::user_namespaces, facts), "no user may create one"));
  set_config(facts, "# CONFIG_NAMESPACES is not set\n");
  set_release(facts, "6.0.9");
  CHECK(judged(facts) == "fixable kernel-config");
  facts = debian_12();
  facts.config = {};
  CHECK(judged(facts) == "unknown kernel-config");
}

TEST_CASE("Debian's kernels before 5.10 start with the switch off") {
  auto facts = debian_12();
  facts.live = false;
  set_release(facts, "4.19.0-27-amd64");
  CHECK(judged(facts) == "fixable sysctl");
  set_sysctl(facts, "kernel.unprivileged_userns_clone", "1");
  CHECK(judged(facts) == "ready");
}

TEST_CASE("AppArmor's setting means nothing where AppArmor is off") {
  auto facts = debian_12();
  facts.live = false;
  set_sysctl(facts, "kernel.apparmor_restrict_unprivileged_userns", "1");
  set_command_line(facts, "apparmor=0");
  CHECK(judged(facts) == "ready");
  set_command_line(facts, "quiet");
  facts.security_modules = {true, {"capability", "yama"}, "/sys/kernel/security/lsm"};
  CHECK(judged(facts) == "ready");
}

TEST_CASE(
    "Docker's seccomp profile is to blame before the host's AppArmor, which spares confined processes") {
  auto facts = debian_12();
  facts.live = false;
  set_sysctl(facts, "kernel.apparmor_restrict_unprivileged_userns", "1");
  facts.confinement.container = "docker";
  facts.confinement.seccomp_filter = true;
  CHECK(judged(facts) == "impossible container");
}

TEST_CASE("a network namespace that fails for want of a user namespace carries that verdict") {
  auto facts = debian_12();
  set_sysctl(facts, "user.max_user_namespaces", "0");
  auto answers = answered(refused(creation, ENOSPC));
  answers[Id::network_namespace] = refused(creation, ENOSPC);
  const auto verdict = judge(features::network_namespaces, facts, answers);
  CHECK(gist(verdict) == "fixable sysctl");
  CHECK(says(verdict, "an ordinary user needs a user namespace for it"));
}

TEST_CASE("network namespaces need veth: a module whose file is gone is told from one not built") {
  auto facts = debian_12();
  auto answers = answered(worked());
  answers[Id::network_namespace] = worked();
  CHECK(gist(judge(features::network_namespaces, facts, answers)) == "ready");
  facts.veth = host::ModuleState::missing;
  const auto missing = judge(features::network_namespaces, facts, answers);
  CHECK(gist(missing) == "fixable module");
  CHECK(commands_of(missing) == "apt-get install --reinstall linux-image-6.1.0-56-amd64\n");
  set_config(facts, "CONFIG_NET_NS=y\nCONFIG_VETH=y\n");
  CHECK(gist(judge(features::network_namespaces, facts, answers)) == "ready");
  set_release(facts, "6.0.9");
  set_config(facts, "CONFIG_NET_NS=y\n# CONFIG_VETH is not set\n");
  CHECK(gist(judge(features::network_namespaces, facts, answers)) == "fixable kernel-config");
}

TEST_CASE("the limit of network namespaces is a setting of its own") {
  auto facts = debian_12();
  auto answers = answered(worked());
  answers[Id::network_namespace] = refused("unshare(CLONE_NEWNET)", ENOSPC);
  const auto verdict = judge(features::network_namespaces, facts, answers);
  CHECK(gist(verdict) == "fixable sysctl");
  CHECK(says(verdict, "user.max_net_namespaces"));
}

TEST_CASE("where the caller's own ID is not mapped, its user namespace is to blame") {
  auto facts = debian_12();
  facts.user_namespace = {false, host::parse_id_map(""), host::parse_id_map(""), 65534};
  const auto answers = answered(refused(creation, EPERM));
  const auto verdict = judge(features::user_namespaces, facts, answers);
  CHECK(gist(verdict) == "unknown privilege");
  CHECK(says(verdict, "leave that user namespace, or map an ID"));
  facts.user_namespace.users = host::parse_id_map("65534 0 1");
  CHECK(judged(facts, answers) == "impossible chroot");
}

TEST_CASE("settings that cannot be read leave a host that is not running open") {
  auto facts = debian_12();
  facts.live = false;
  facts.unreadable = {{host::About::settings, "/etc/sysctl.d/50-x.conf", "Permission denied"}};
  CHECK(judged(facts) == "unknown");
  set_config(facts, "# CONFIG_USER_NS is not set\n");
  CHECK(judged(facts) == "impossible kernel-config");
}

TEST_CASE("a host that is not running gets no command for the running kernel") {
  auto facts = debian_12();
  facts.live = false;
  set_sysctl(facts, "user.max_user_namespaces", "0");
  CHECK(commands_of(judge(features::user_namespaces, facts)).find("sysctl -w") == std::string::npos);
  set_sysctl(facts, "user.max_user_namespaces", "1");
  set_sysctl(facts, "kernel.apparmor_restrict_unprivileged_userns", "1");
  CHECK(commands_of(judge(features::user_namespaces, facts)).find("apparmor_parser") == std::string::npos);
  set_command_line(facts, "lsm=landlock,yama");
  CHECK(judged(facts) == "ready");
}

TEST_CASE("a limit of network namespaces that is 0 is told from one that is used up") {
  auto facts = debian_12();
  set_sysctl(facts, "user.max_net_namespaces", "0");
  auto answers = answered(worked());
  answers[Id::network_namespace] = refused("unshare(CLONE_NEWNET)", ENOSPC);
  CHECK(says(judge(features::network_namespaces, facts, answers), "user.max_net_namespaces is 0"));
}
