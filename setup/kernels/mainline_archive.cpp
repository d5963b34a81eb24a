#include "kernels/mainline_archive.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

#include "kernels/archive_key.hpp"
#include "kernels/archive_url.hpp"
#include "kernels/signature.hpp"
#include "posix/atomic_file.hpp"
#include "posix/file.hpp"

namespace kerneltour::kernels {
namespace {

constexpr time_t lifetime = 3600;  // of the index, in seconds
constexpr const char* index_name = "/index.html";
constexpr const char* sums_name = "/CHECKSUMS";
constexpr const char* signature_name = "/CHECKSUMS.gpg";

// Since then a version's folder has one for each architecture.
constexpr host::KernelVersion folders_by_architecture{5, 7, 0};

std::string read(const std::string& path) {
  auto file = posix::read_file(AT_FDCWD, path.c_str());
  if (!file.ok()) throw std::runtime_error(fmt::format("cannot read {}: {}", path, file.failure));
  return std::move(file.text);
}

/// Whether the file is there and was made within the last hour; not where the clock was set back since.
bool is_fresh(const std::string& path) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0) return false;
  const auto age = time(nullptr) - status.st_mtime;
  return age >= 0 && age < lifetime;
}

/// Whether APT says that there is no such file: "404  Not Found" of a server, "File not found" and "Failed to
/// stat ... No such file" of a directory.
bool is_not_found(std::string_view error) {
  for (const std::string_view text : {"404 ", "not found", "No such file"}) {
    if (error.find(text) != error.npos) return true;
  }
  return false;
}

/// APT's method file: would make a link to a file that is not ours, and could change once it is verified.
std::string copied(const std::string& url) {
  constexpr std::string_view file = "file:";
  return url.starts_with(file) ? "copy:" + url.substr(file.size()) : url;
}

}  // namespace

MainlineArchive::MainlineArchive(Settings settings, std::string cache, apt::Fetch fetch)
    : settings_(std::move(settings)),
      cache_(std::move(cache)),
      directory_(cache_ + "/" + cache_name_of(settings_.archive)),
      fetch_(std::move(fetch)) {}

std::vector<MainlineFolder> MainlineArchive::list() const {
  const auto path = directory_ + index_name;
  if (!is_fresh(path)) refresh();
  return parse_mainline_index(read(path));
}

void MainlineArchive::refresh() const {
  const auto path = directory_ + index_name;
  const auto fetched = path + ".fetched";
  const bool local = settings_.archive.starts_with("file:");
  posix::make_directories(directory_, 0755);
  // A server makes the page of a folder; a directory has to have it.
  fetch_anew(settings_.archive + (local ? "index.html" : ""), fetched, "the index of mainline kernels");
  const auto text = read(fetched);
  unlink(fetched.c_str());
  if (parse_mainline_index(text).empty())
    throw std::runtime_error("the archive's index names no kernel: is it an archive of mainline kernels?");
  // Written by ourselves: APT gives files the time that the server says.
  posix::replace_file(path, text, {});
}

ArchivedBuild MainlineArchive::build(const MainlineVersion& version, std::string_view architecture) const {
  // Before what is verified with it: nothing lies there unverified while a key is looked for.
  const auto keyring = archive_keyring(settings_, cache_, fetch_);
  ArchivedBuild archived{
      version, {}, {}, fmt::format("{}/{}/{}", directory_, folder_of(version), architecture)};
  posix::make_directories(archived.directory, 0755);
  archived.url = fetch_checksums(version, architecture, archived.directory);
  const auto sums = parse_checksums(verified_checksums(version, archived.directory, keyring));
  auto chosen = choose_build(sums, version, architecture);
  if (!chosen.build) throw std::runtime_error(chosen.reason);
  archived.build = std::move(*chosen.build);
  return archived;
}

/// CHECKSUMS and its signature; gives the URL of the folder that they are of.
std::string MainlineArchive::fetch_checksums(const MainlineVersion& version, std::string_view architecture,
                                             const std::string& directory) const {
  const auto folder = folder_of(version);
  const auto what = fmt::format("CHECKSUMS of {}", folder);
  const auto flat = fmt::format("{}{}/", settings_.archive, folder);
  std::vector<std::string> places = {fmt::format("{}{}/", flat, architecture), flat};
  // Old series had newer versions: v5.4.100 is in folders by architecture as well.
  if (version.number < folders_by_architecture) std::swap(places[0], places[1]);
  for (const auto& place : places) {
    try {
      fetch_anew(place + "CHECKSUMS", directory + sums_name, what);
    } catch (const std::runtime_error& error) {
      if (!is_not_found(error.what())) throw;
      continue;
    }
    fetch_anew(place + "CHECKSUMS.gpg", directory + signature_name, what + ": its signature");
    return place;
  }
  throw std::runtime_error(fmt::format(
      "{} was not built for {}, or is not in this archive: it has no CHECKSUMS of it", folder, architecture));
}

std::string MainlineArchive::verified_checksums(const MainlineVersion& version, const std::string& directory,
                                                const std::string& keyring) const {
  const auto sums = directory + sums_name, signature = directory + signature_name;
  try {
    verify_signature(signature, sums, keyring, settings_.fingerprint);
  } catch (const std::runtime_error& error) {
    unlink(sums.c_str());
    unlink(signature.c_str());
    forget_keyring(settings_, cache_);
    throw std::runtime_error(fmt::format("CHECKSUMS of {}: {}", folder_of(version), error.what()));
  }
  return read(sums);
}

void MainlineArchive::fetch_anew(const std::string& url, const std::string& path,
                                 const std::string& what) const {
  unlink(path.c_str());
  fetch_({{copied(url), path, what, {}, 0}});
}

std::vector<apt::Download> packages(const ArchivedBuild& archived, bool with_headers) {
  const auto& build = archived.build;
  std::vector<MainlineFile> files = {build.image};
  if (build.modules) files.push_back(*build.modules);
  if (with_headers) files.insert(files.end(), build.headers.begin(), build.headers.end());
  std::vector<apt::Download> downloads;
  downloads.reserve(files.size());
  for (const auto& file : files)
    downloads.push_back({copied(archived.url + file.name), archived.directory + "/" + file.name, file.package,
                         file.sha256, 0});
  return downloads;
}

void check_packages(const std::vector<apt::Download>& packages, const Sha256Of& sha256_of) {
  for (const auto& package : packages) {
    const auto sum = sha256_of(package.path);
    if (sum == package.sha256) continue;
    unlink(package.path.c_str());
    throw std::runtime_error(
        fmt::format("{} is not the package that was signed: its SHA-256 is {}, and not {}; it was removed",
                    package.path, sum, package.sha256));
  }
}

}  // namespace kerneltour::kernels
