#include "host/grub.hpp"

#include <array>
#include <vector>

#include "host/grub_script.hpp"

namespace kerneltour::host {
namespace {

/// A word as GRUB hands it to the kernel (grub-core/lib/cmdline.c: grub_create_loader_cmdline).
std::string loader_word(const std::string& word) {
  constexpr std::string_view escaped = "\\'\"";
  std::string result;
  for (const char c : word) {
    if (escaped.find(c) != escaped.npos) result += '\\';
    result += c;
  }
  return word.find(' ') == word.npos ? result : '"' + result + '"';
}

/// "6.1.0-56-amd64" of "(hd0,1)/boot/vmlinuz-6.1.0-56-amd64".
std::string release_of(std::string_view image) {
  constexpr auto prefixes = std::to_array<std::string_view>({"vmlinuz-", "vmlinux-", "kernel-"});
  constexpr std::string_view signature = ".efi.signed";  // Ubuntu's signed images, until 18.04
  std::string_view name = image.substr(image.rfind('/') + 1);
  if (name.ends_with(signature)) name.remove_suffix(signature.size());
  for (const std::string_view prefix : prefixes) {
    if (name.starts_with(prefix)) return std::string(name.substr(prefix.size()));
  }
  return {};
}

bool loads_linux(const std::vector<std::string>& command) {
  const std::string& name = command.front();
  return command.size() > 1 && (name == "linux" || name == "linux16" || name == "linuxefi");
}

}  // namespace

std::optional<GrubEntry> parse_grub_cfg(std::string_view text) {
  GrubScript script(text);
  bool in_entries = false;
  while (const auto command = script.next()) {
    const auto& words = command->words;
    if (words.empty()) continue;
    if (words.front() == "menuentry") in_entries = true;
    if (!in_entries || !loads_linux(words)) continue;
    GrubEntry entry;
    entry.image = words[1];
    entry.release = release_of(entry.image);
    for (std::size_t i = 2; i < words.size(); ++i) {
      if (i > 2) entry.command_line += ' ';
      entry.command_line += loader_word(words[i]);
    }
    return entry;
  }
  return std::nullopt;
}

}  // namespace kerneltour::host
