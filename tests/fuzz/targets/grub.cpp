#include "host/grub.hpp"

#include "fuzz/target.hpp"

namespace kerneltour::fuzz {

void target(std::string_view text) {
  if (const auto entry = host::parse_grub_cfg(text)) {
    must(!entry->image.empty(), "an entry has an image");
    must(entry->image.find(entry->release) != std::string::npos, "a release is from the image's name");
    must(entry->release.find('/') == std::string::npos, "a release is no path");
  }

  const std::string before = "menuentry 'x' {\n\tlinux\t/boot/vmlinuz-6.1.0 root=/dev/sda1 \"a b\"\n}\n";
  const auto first = host::parse_grub_cfg(before + std::string(text));
  must(first && first->release == "6.1.0" && first->command_line == "root=/dev/sda1 \"a b\"",
       "the first entry counts, whatever follows");
}

}  // namespace kerneltour::fuzz
