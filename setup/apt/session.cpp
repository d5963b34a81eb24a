#include "apt/session.hpp"

#include <apt-pkg/aptconfiguration.h>
#include <apt-pkg/cmndline.h>
#include <apt-pkg/configuration.h>
#include <apt-pkg/init.h>
#include <apt-pkg/pkgsystem.h>
#include <stdlib.h>
#include <unistd.h>

#include "apt/messages.hpp"

namespace kerneltour::apt {
namespace {

/// How long somebody else may have APT's locks before we give up, unless APT's configuration says otherwise.
constexpr int lock_patience = 60;  // seconds

void read_configuration(const std::string& root) {
  unsetenv("APT_CONFIG");  // root's programs take no file from the environment of whoever called sudo(8)
  _config->Clear();
  // Before the configuration is read: all other directories are below it.
  if (!root.empty()) _config->Set("Dir", root + "/");
  if (!pkgInitConfig(*_config)) fail("cannot read APT's configuration");
  if (root.empty()) return;
  _config->Set("DPkg::Options::", "--root=" + root);
  // dpkg's own settings are those of the running host, and so would its log be.
  _config->Set("DPkg::Options::", "--log=" + root + "/var/log/dpkg.log");
}

void settle_questions(const std::string& command) {
  // Nobody answers dpkg's questions: a file that the person has changed stays as it is.
  _config->Set("DPkg::Options::", "--force-confdef");
  _config->Set("DPkg::Options::", "--force-confold");
  _config->Set("Dpkg::Use-Pty", "false");
  _config->CndSet("DPkg::Lock::Timeout", lock_patience);
  _config->Set("CommandLine::AsString", command);
}

/// libapt-pkg asks dpkg for them, and later once more; that is said here, and dpkg started once.
void keep_architectures() {
  for (const auto& architecture : APT::Configuration::getArchitectures())
    _config->Set("APT::Architectures::", architecture);
}

}  // namespace

Session::Session(std::string root, const std::string& command) : root_(std::move(root)) {
  if (access((root_ + dpkg_status).c_str(), R_OK) != 0)
    throw Error("there is no " + root_ + dpkg_status + ": this is no system with Debian packages");
  take_messages();
  read_configuration(root_);
  settle_questions(command);
  if (!pkgInitSystem(*_config, _system)) fail("cannot set up APT");
  keep_architectures();
}

std::string Session::architecture() const { return _config->Find("APT::Architecture"); }

std::string Session::directory(const char* setting) const { return _config->FindDir(setting); }

}  // namespace kerneltour::apt
