#pragma once

#include <string>
#include <string_view>

namespace kerneltour::host {

class Host;

/// Whether GRUB itself, at boot, can write its environment block: it has to take back what was chosen for one
/// start, which else is chosen for ever.
struct GrubStorage {
  enum class Writable { yes, no, unknown };
  Writable writable = Writable::unknown;
  std::string reason;  ///< "GRUB cannot write to btrfs"; empty where it can

  bool operator==(const GrubStorage&) const = default;
};

/// What the answers of grub-probe(8) about /boot/grub come to: of --target=abstraction and of --target=fs.
/// The cases are those of GRUB's own /etc/grub.d/00_header (check_writable), and the RAID modules by their
/// names.
GrubStorage judge_grub_storage(std::string_view abstractions, std::string_view file_system);

/// Asks grub-probe(8), which needs root; of a host that is not running nothing can be asked.
GrubStorage read_grub_storage(const Host& host);

}  // namespace kerneltour::host
