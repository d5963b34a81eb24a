#include "kernels/archive_key.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <stdexcept>

#include "kernels/armor.hpp"
#include "posix/atomic_file.hpp"
#include "posix/file.hpp"

namespace kerneltour::kernels {
namespace {

constexpr std::size_t largest_keyring = 1 << 20;

/// What the keys in the file are for gpgv; `whose` begins the sentence where there are none.
std::string read_keyring(const std::string& path, const std::string& whose) {
  const auto file = posix::read_file(AT_FDCWD, path.c_str(), largest_keyring);
  if (!file.ok()) throw std::runtime_error(fmt::format("cannot read {}: {}", path, file.failure));
  try {
    return binary_keyring(file.text);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(fmt::format("{} {}", whose, error.what()));
  }
}

std::string fetched_path(const Settings& settings, const std::string& cache) {
  return fmt::format("{}/{}.gpg", cache, settings.fingerprint);
}

/// The key with its armor, as the server has sent it; its file is gone then.
std::string fetch_key(const Settings& settings, const std::string& cache, const apt::Fetch& fetch) {
  const auto url = fmt::format("https://keyserver.ubuntu.com/pks/lookup?op=get&options=mr&search=0x{}",
                               settings.fingerprint);
  const auto path = fmt::format("{}/{}.asc", cache, settings.fingerprint);
  unlink(path.c_str());
  fetch({{url, path, fmt::format("the key {}", settings.fingerprint), {}, 0}});
  auto keys = read_keyring(path, "what the key server sent");
  unlink(path.c_str());
  return keys;
}

}  // namespace

std::string archive_keyring(const Settings& settings, const std::string& cache, const apt::Fetch& fetch) {
  posix::make_directories(cache, 0755);
  if (settings.keyring) {
    auto path = cache + "/keyring.gpg";
    posix::replace_file(path, read_keyring(*settings.keyring, *settings.keyring), {});
    return path;
  }
  auto path = fetched_path(settings, cache);
  if (access(path.c_str(), R_OK) != 0) posix::replace_file(path, fetch_key(settings, cache, fetch), {});
  return path;
}

void forget_keyring(const Settings& settings, const std::string& cache) {
  unlink(fetched_path(settings, cache).c_str());
}

}  // namespace kerneltour::kernels
