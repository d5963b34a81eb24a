#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kerneltour::host {

/// Where update-grub(8) writes the menu.
inline constexpr const char* grub_menu_path = "/boot/grub/grub.cfg";

/// An entry of GRUB's menu, or a submenu.
struct GrubMenuEntry {
  bool submenu = false;
  std::string title;
  std::string id;                      ///< "gnulinux-6.1.0-56-amd64-advanced-UUID"; empty where it has none
  std::vector<std::string> options;    ///< the others: {"--class", "debian", "--unrestricted"}
  std::string release;                 ///< of the first kernel that it loads; empty where it loads none
  std::string body;                    ///< what is between its braces, as it is written
  std::vector<GrubMenuEntry> entries;  ///< of a submenu
};

/// GRUB's menu, as a generated grub.cfg has it.
struct GrubMenu {
  /// What GRUB_DEFAULT came to: "0", "1>2", an ID or a title. Empty where it is grubenv's saved_entry.
  std::string default_entry;
  std::vector<GrubMenuEntry> entries;
};

/// What is not closed is no entry, and what an entry's commands might make is none either.
GrubMenu parse_grub_menu(std::string_view text);

/// An entry and its path in the menu, as GRUB_DEFAULT and grub-reboot(8) take it: IDs, or titles where there
/// are none, with '>' between them. `entry` is the menu's.
struct GrubPlace {
  std::string path;
  const GrubMenuEntry* entry;
};

/// The entry that GRUB finds by a path, in which there may be numbers, too; nullopt where it finds none, or a
/// submenu.
std::optional<GrubPlace> find_entry(const GrubMenu& menu, std::string_view path);

/// The entry that GRUB starts when nobody chooses one: the first one where the default is not there. nullopt
/// where the menu has none.
std::optional<GrubPlace> default_entry(const GrubMenu& menu, std::string_view saved_entry);

/// The entry that boots this kernel and no other one after the next update-grub either, and neither into
/// recovery. nullopt where there is none.
std::optional<GrubPlace> entry_of_release(const GrubMenu& menu, std::string_view release);

}  // namespace kerneltour::host
