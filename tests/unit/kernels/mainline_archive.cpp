#include "kernels/mainline_archive.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>

#include "kernels/archive_key.hpp"
#include "support/openpgp_key.hpp"

using namespace kerneltour::kernels;
namespace apt = kerneltour::apt;
namespace fs = std::filesystem;
using kerneltour::tests::OpenpgpKey;
using kerneltour::tests::Tree;

namespace {

constexpr const char* url = "http://archive.test/mainline/";

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Not a hash, but as telling for files of a test: their text in hexadecimal, cut to the length of a SHA-256.
std::string sum_of(const std::string& text) {
  std::string sum;
  for (const char c : text) sum += fmt::format("{:02x}", static_cast<unsigned char>(c));
  sum.resize(64, '0');
  return sum;
}

/// A server with files by URL, which counts what is asked for.
struct Server {
  std::map<std::string, std::string> files;
  std::map<std::string, int> asked;

  apt::Fetch fetch() {
    return [this](const std::vector<apt::Download>& downloads) {
      for (const auto& download : downloads) {
        ++asked[download.url];
        const auto file = files.find(download.url);
        if (file == files.end())
          throw std::runtime_error(download.url + ": 404  Not Found [IP: 127.0.0.1 80]");
        if (file->second == "unreachable") throw std::runtime_error(download.url + ": Connection refused");
        // A part that is there already is gone on with, as APT does.
        std::ofstream(download.path, std::ios::binary | std::ios::app) << file->second;
      }
    };
  }
};

/// Who signs, in all the tests: to make a key takes a while.
const OpenpgpKey& signer() {
  static const OpenpgpKey key("Kernel PPA");
  return key;
}

/// An archive with its key, and a cache.
struct Scene {
  Tree tree;
  const OpenpgpKey& key = signer();
  Server server;

  Scene() { tree.file("/key.asc", key.exported({"--armor"})); }

  MainlineArchive archive(const std::string& where = url) {
    return {{where, tree.real("/key.asc"), key.fingerprint()}, tree.real("/cache"), server.fetch()};
  }
  std::string cached(const std::string& path) const {
    return tree.real("/cache/http_archive.test_mainline" + path);
  }
  void index(const std::string& names) {
    auto& page = server.files[url];
    page.clear();
    std::string_view rest = names;
    for (std::size_t end = 0; end != rest.npos; rest.remove_prefix(end == rest.npos ? 0 : end + 1)) {
      end = rest.find(' ');
      page += fmt::format("<a href=\"{0}/\">{0}/</a> 2024-05-12 22:23\n", rest.substr(0, end));
    }
  }
  /// CHECKSUMS, signed, in that folder.
  void sign(const std::string& folder, const std::string& sums) {
    tree.file("/sums", sums);
    server.files[url + folder + "CHECKSUMS"] = sums;
    server.files[url + folder + "CHECKSUMS.gpg"] = key.sign(tree.real("/sums"));
  }
};

std::string package(const std::string& kind, const std::string& kernel,
                    const std::string& architecture = "amd64") {
  return fmt::format("linux-{0}-{1}-generic_{1}.202405122134_{2}.deb", kind, kernel, architecture);
}

/// CHECKSUMS of an image and modules, whose text is their name.
std::string sums(const std::string& kernel, const std::string& architecture = "amd64") {
  std::string text = "# Checksums-Sha256:\n";
  for (const auto* kind : {"image-unsigned", "modules", "headers"}) {
    const auto name = package(kind, kernel, architecture);
    text += sum_of(name) + "  " + name + "\n";
  }
  const auto all = fmt::format("linux-headers-{0}_{0}.202405122134_all.deb", kernel);
  return text + sum_of(all) + "  " + all + "\n";
}

MainlineVersion version(std::string_view text) { return parse_mainline_version(text).value(); }

std::string refusal(const MainlineArchive& archive, std::string_view of,
                    std::string_view architecture = "amd64") {
  try {
    archive.build(version(of), architecture);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return {};
}

void make_older(const std::string& path, std::chrono::minutes age) {
  fs::last_write_time(path, fs::file_time_type::clock::now() - age);
}

}  // namespace

TEST_CASE("the index is fetched once an hour, or when it is asked for, and nothing is asked for a version") {
  Scene scene;
  scene.index("v6.9 v6.10-rc1 daily");
  const auto archive = scene.archive();
  REQUIRE(archive.list().size() == 2);
  CHECK(folder_of(archive.list().back().version) == "v6.10-rc1");
  CHECK(scene.server.asked == std::map<std::string, int>{{url, 1}});

  scene.index("v6.9 v6.10-rc1 v6.10");
  make_older(scene.cached("/index.html"), std::chrono::minutes(59));
  CHECK(archive.list().size() == 2);
  make_older(scene.cached("/index.html"), std::chrono::minutes(61));
  CHECK(archive.list().size() == 3);
  scene.index("v6.9");
  CHECK(archive.list().size() == 3);
  archive.refresh();
  CHECK(archive.list().size() == 1);
  // The clock was set back since.
  scene.index("v6.9 v6.10");
  make_older(scene.cached("/index.html"), -std::chrono::minutes(5));
  CHECK(archive.list().size() == 2);
}

TEST_CASE("an index that names no kernel is not kept, and the one before it is") {
  Scene scene;
  scene.index("v6.9");
  const auto archive = scene.archive();
  CHECK(archive.list().size() == 1);
  scene.server.files[url] = "<html>portal</html>";
  CHECK_THROWS_WITH(archive.refresh(),
                    "the archive's index names no kernel: is it an archive of mainline kernels?");
  scene.server.files[url] = "unreachable";
  CHECK_THROWS_AS(archive.refresh(), std::runtime_error);
  CHECK(archive.list().size() == 1);
}

TEST_CASE("what was left of an index half fetched is not gone on with") {
  Scene scene;
  scene.index("v6.9");
  scene.tree.file("/cache/http_archive.test_mainline/index.html.fetched", "<a href=\"v6.8/\">");
  CHECK(scene.archive().list().size() == 1);
  CHECK_FALSE(fs::exists(scene.cached("/index.html.fetched")));
}

TEST_CASE("a build is found, verified, and tells where its files are and where they go") {
  Scene scene;
  scene.sign("v6.9/amd64/", sums("6.9.0-060900"));
  const auto archived = scene.archive().build(version("6.9"), "amd64");
  CHECK(archived.build.release == "6.9.0-060900-generic");
  CHECK(archived.url == std::string(url) + "v6.9/amd64/");
  CHECK(archived.directory == scene.cached("/v6.9/amd64"));

  const auto without = packages(archived, false);
  REQUIRE(without.size() == 2);
  const auto image = package("image-unsigned", "6.9.0-060900");
  CHECK(without[0].url == archived.url + image);
  CHECK(without[0].path == archived.directory + "/" + image);
  CHECK(without[0].what == "linux-image-unsigned-6.9.0-060900-generic");
  CHECK(without[0].sha256 == sum_of(image));
  CHECK(without[1].what == "linux-modules-6.9.0-060900-generic");
  CHECK(packages(archived, true).size() == 4);
}

TEST_CASE("old versions lie flat, and either layout is found where the other one is not") {
  Scene scene;
  scene.sign("v4.20/", sums("4.20.0-042000"));
  scene.sign("v5.4.100/amd64/", sums("5.4.100-0504100"));
  scene.sign("v6.9/", sums("6.9.0-060900"));
  const auto archive = scene.archive();
  CHECK(archive.build(version("4.20"), "amd64").url == std::string(url) + "v4.20/");
  CHECK(scene.server.asked.size() == 2);
  CHECK(archive.build(version("5.4.100"), "amd64").url == std::string(url) + "v5.4.100/amd64/");
  CHECK(archive.build(version("6.9"), "amd64").url == std::string(url) + "v6.9/");
}

TEST_CASE("a version that is not there is not built, and a server that is not there is another matter") {
  Scene scene;
  CHECK(refusal(scene.archive(), "6.9") ==
        "v6.9 was not built for amd64, or is not in this archive: it has no CHECKSUMS of it");
  scene.server.files[std::string(url) + "v6.9/amd64/CHECKSUMS"] = "unreachable";
  CHECK(refusal(scene.archive(), "6.9") == std::string(url) + "v6.9/amd64/CHECKSUMS: Connection refused");
}

TEST_CASE("CHECKSUMS without a signature, or with another one, is refused and not kept") {
  Scene scene;
  const auto folder = std::string(url) + "v6.9/amd64/";
  scene.sign("v6.9/amd64/", sums("6.9.0-060900"));
  auto& checksums = scene.server.files[folder + "CHECKSUMS"];
  checksums[30] ^= 1;
  CHECK(refusal(scene.archive(), "6.9") ==
        "CHECKSUMS of v6.9: its signature is refused: the file is not the one that was signed");
  CHECK_FALSE(fs::exists(scene.cached("/v6.9/amd64/CHECKSUMS")));
  CHECK_FALSE(fs::exists(scene.cached("/v6.9/amd64/CHECKSUMS.gpg")));
  checksums[30] ^= 1;
  CHECK(refusal(scene.archive(), "6.9") == "");

  scene.server.files.erase(folder + "CHECKSUMS.gpg");
  CHECK(refusal(scene.archive(), "6.9") == folder + "CHECKSUMS.gpg: 404  Not Found [IP: 127.0.0.1 80]");
}

TEST_CASE("the sums of another version are no build of this one, well signed as they are") {
  Scene scene;
  scene.sign("v6.9/amd64/", sums("6.8.0-060800"));
  CHECK(refusal(scene.archive(), "6.9") == "v6.9 was not built for amd64");
  scene.sign("v6.9/amd64/", "# Checksums-Sha1:\n" + std::string(40, 'a') + "  x.deb\n");
  CHECK(refusal(scene.archive(), "6.9").starts_with("CHECKSUMS has no SHA-256"));
}

TEST_CASE("what a killed run left in the cache does no harm") {
  Scene scene;
  scene.sign("v6.9/amd64/", sums("6.9.0-060900"));
  for (const auto* name : {"CHECKSUMS", "CHECKSUMS.gpg", ".CHECKSUMS.kerneltour-new"})
    scene.tree.file(std::string("/cache/http_archive.test_mainline/v6.9/amd64/") + name, "half of i");
  scene.tree.file("/cache/.keyring.gpg.kerneltour-new", "half");
  scene.tree.file("/cache/" + scene.key.fingerprint() + ".asc", "half");
  CHECK(refusal(scene.archive(), "6.9") == "");
}

TEST_CASE("a directory as an archive is copied from, with the index as a file") {
  Scene scene;
  scene.server.files["copy:/srv/mainline/index.html"] = "<a href=\"v6.9/\">";
  scene.sign("v6.9/amd64/", sums("6.9.0-060900"));
  for (const auto* name : {"CHECKSUMS", "CHECKSUMS.gpg"})
    scene.server.files[std::string("copy:/srv/mainline/v6.9/amd64/") + name] =
        scene.server.files[std::string(url) + "v6.9/amd64/" + name];
  const auto archive = scene.archive("file:/srv/mainline/");
  CHECK(archive.list().size() == 1);
  CHECK(packages(archive.build(version("6.9"), "amd64"), false)
            .at(0)
            .url.starts_with("copy:/srv/mainline/v6.9/amd64/"));
}

TEST_CASE("packages that were fetched are looked at again, and a wrong one is removed") {
  Scene scene;
  scene.sign("v6.9/amd64/", sums("6.9.0-060900"));
  const auto downloads = packages(scene.archive().build(version("6.9"), "amd64"), true);
  for (const auto& download : downloads)
    std::ofstream(download.path) << download.path.substr(download.path.rfind('/') + 1);
  const auto sum_of_file = [](const std::string& path) { return sum_of(read(path)); };
  CHECK_NOTHROW(check_packages(downloads, sum_of_file));

  std::ofstream(downloads[1].path) << "Linux-modules";
  CHECK_THROWS_WITH(
      check_packages(downloads, sum_of_file),
      fmt::format("{} is not the package that was signed: its SHA-256 is {}, and not {}; it was removed",
                  downloads[1].path, sum_of("Linux-modules"), downloads[1].sha256)
          .c_str());
  CHECK(fs::exists(downloads[0].path));
  CHECK_FALSE(fs::exists(downloads[1].path));
}

TEST_CASE("the key comes from the key server once, over HTTPS, under its fingerprint") {
  Scene scene;
  const Settings settings{url, std::nullopt, scene.key.fingerprint()};
  const auto server =
      "https://keyserver.ubuntu.com/pks/lookup?op=get&options=mr&search=0x" + settings.fingerprint;
  const auto cache = scene.tree.real("/keys");
  scene.server.files[server] = "<html>Not found</html>";
  CHECK_THROWS_WITH(archive_keyring(settings, cache, scene.server.fetch()),
                    "what the key server sent has no public key in it");

  scene.server.files[server] = scene.key.exported({"--armor"});
  const auto path = archive_keyring(settings, cache, scene.server.fetch());
  CHECK(read(path) == scene.key.exported());
  CHECK(archive_keyring(settings, cache, scene.server.fetch()) == path);
  CHECK(scene.server.asked[server] == 2);
  forget_keyring(settings, cache);
  archive_keyring(settings, cache, scene.server.fetch());
  CHECK(scene.server.asked[server] == 3);
}

TEST_CASE("the key server's word alone is worth nothing") {
  Scene scene;
  const OpenpgpKey other("Kernel PPA");
  scene.sign("v6.9/amd64/", sums("6.9.0-060900"));
  scene.tree.file("/key.asc", other.exported({"--armor"}));
  CHECK(refusal(scene.archive(), "6.9").ends_with("which is not in the keyring"));
}

TEST_CASE("a keyring that is named is read each time, and what is wrong with it is said") {
  Scene scene;
  const auto keyring = [&](const std::string& path) {
    return archive_keyring({url, scene.tree.real(path), scene.key.fingerprint()}, scene.tree.real("/keys"),
                           {});
  };
  CHECK(read(keyring("/key.asc")) == scene.key.exported());
  scene.tree.file("/key.gpg", scene.key.exported());
  CHECK(read(keyring("/key.gpg")) == scene.key.exported());
  scene.tree.file("/empty", "");
  CHECK_THROWS_WITH(keyring("/empty"), (scene.tree.real("/empty") + " has no public key in it").c_str());
  CHECK_THROWS_WITH(keyring("/none"),
                    ("cannot read " + scene.tree.real("/none") + ": No such file or directory").c_str());
}
