#pragma once

#include <string>

#include "features/evidence.hpp"
#include "features/verdict.hpp"
#include "host/facts.hpp"

// What can be done about a feature on one particular host, and whether it can be done at all: the functions
// below complete a reason and its evidence with the status and with commands that fit the host.
namespace kerneltour::features {

/// The command that makes the file be these lines.
std::string write_command(const FixFile& file);

Verdict ready(std::string reason, EvidenceList evidence);
Verdict unknown(std::optional<Layer> layer, std::string reason, EvidenceList evidence);
Verdict impossible(Layer layer, std::string reason, EvidenceList evidence);
Verdict fixable(Layer layer, std::string reason, EvidenceList evidence, std::vector<Fix> fixes);

/// Both stand in the way, `first` before the other. Where both can be fixed, the second's reason and fixes come behind
/// the first's. Where one of them can not, that is what there is to say, and of the first also that nobody knows.
Verdict also(Verdict first, Verdict second);

/// Another kernel helps, of version `since` ("4.20") or later. Impossible where the kernel is not this host's
/// to choose (in a container, on WSL), where the distribution's release has none so new, and where the kernel
/// that lacks it by its configuration is the distribution's latest.
Verdict needs_other_kernel(const host::Facts& facts, Layer layer, std::string reason, EvidenceList evidence,
                           std::string_view since);

/// The files of the running kernel's modules are gone, and come back with its package.
Verdict needs_module_files(const host::Facts& facts, std::string reason, EvidenceList evidence);

/// Whether packages are Debian's: on Debian, on Ubuntu, and on what is made from them.
bool has_debian_packages(const host::Facts& facts);

/// The kernel command line has to gain `parameter` ("psi=1") as its last word about it.
/// Impossible in a container, on WSL and where there is no GRUB; the reason then says who can do it.
Verdict needs_boot_parameter(const host::Facts& facts, Layer layer, std::string reason, EvidenceList evidence,
                             const std::string& parameter);

/// The kernel command line has to lose `item` from the list that `name` gives: cgroup_disable=pressure.
Verdict needs_boot_parameter_without(const host::Facts& facts, std::string reason, EvidenceList evidence,
                                     const std::string& name, const std::string& item);

/// A kernel setting has to change, now and at every boot. Impossible in a container: the setting is its
/// host's.
Verdict needs_sysctl(const host::Facts& facts, std::string reason, EvidenceList evidence,
                     const std::string& name, const std::string& value);

/// A limit on namespaces, which has to rise: `limit` is 0, or is used up in this or an enclosing namespace.
Verdict none_allowed(const host::Facts& facts, std::string_view limit, EvidenceList evidence);
Verdict exhausted(const host::Facts& facts, std::string_view limit, EvidenceList evidence);

/// A Debian package has to be installed. Impossible where packages are not Debian's.
Verdict needs_package(const host::Facts& facts, std::string reason, EvidenceList evidence,
                      const std::string& package);

/// The same for a package that is installed and not as it was made. `overrides` are its files that
/// dpkg-statoverride(1) keeps so.
Verdict needs_reinstalled_package(const host::Facts& facts, std::string reason, EvidenceList evidence,
                                  const std::string& package, const std::vector<std::string>& overrides);

/// Whose kernel this is, where it is not the host's own: "this is a docker container: its kernel is its
/// host's". Empty otherwise.
std::string foreign_kernel(const host::Facts& facts);

}  // namespace kerneltour::features
