#include "kernels/built_kernel.hpp"

#include "apt/deb_file.hpp"
#include "kernels/pe_image.hpp"

namespace kerneltour::kernels {
namespace {

constexpr std::size_t largest_config = 4 << 20;  // bytes; today's have 300,000
constexpr std::size_t image_header = 4096;       // bytes: the PE headers stand at the image's beginning
constexpr std::string_view config_path = "/boot/config-";
constexpr std::string_view image_path = "/boot/vmlinuz-";
/// Where a package has both beside its modules (kernel-install(8)).
constexpr std::string_view modules_path = "/lib/modules/";

bool is_config(std::string_view path) {
  return path.starts_with(config_path) || (path.find(modules_path) != path.npos && path.ends_with("/config"));
}

bool is_image(std::string_view path) {
  return path.starts_with(image_path) || (path.find(modules_path) != path.npos && path.ends_with("/vmlinuz"));
}

}  // namespace

void read_build(const std::string& deb, BuiltKernel& kernel) {
  // Not read to its end for what it has not: a package of modules alone is ten times as large as an image's.
  const bool wants_config = !kernel.config;
  const bool has_image = !deb.substr(deb.rfind('/') + 1).starts_with("linux-modules-");
  const auto bytes_wanted = [&](std::string_view path) -> std::size_t {
    if (is_config(path)) return wants_config ? largest_config : 0;
    return is_image(path) ? image_header : 0;
  };
  for (auto& [path, bytes] : apt::deb_files(deb, wants_config && has_image ? 2 : 1, bytes_wanted)) {
    if (is_config(path)) kernel.config = std::move(bytes);
    if (!is_image(path)) continue;
    kernel.is_signed = is_signed_image(bytes);
    if (path.starts_with(image_path)) kernel.release = path.substr(image_path.size());
  }
}

}  // namespace kerneltour::kernels
