#include "kernels/settings.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include "kernels/archive_url.hpp"
#include "support/tree.hpp"

using namespace kerneltour::kernels;
using kerneltour::tests::Tree;

namespace {

std::string refusal(const std::string& text, const GivenSettings& given = {}) {
  Tree tree;
  tree.file("/k.conf", text);
  try {
    read_settings(tree.real("/k.conf"), given);
  } catch (const std::runtime_error& error) {
    const std::string what = error.what();
    return what.starts_with(tree.root()) ? what.substr(tree.root().size()) : what;
  }
  return {};
}

constexpr const char* fingerprint = "60AA7B6F30434AE68E569963E50C6A0917C622B0";

}  // namespace

TEST_CASE("without a file and options it is Ubuntu's archive and its key, from a key server") {
  const auto settings = read_settings("/none/kerneltour.conf", {});
  CHECK(settings.archive == "https://kernel.ubuntu.com/mainline/");
  CHECK_FALSE(settings.keyring);
  CHECK(settings.fingerprint == fingerprint);
}

TEST_CASE("the file is over the defaults, and the command line over the file") {
  Tree tree;
  tree.file("/k.conf",
            "# mirror\narchive = http://mirror.example/mainline  # near\n"
            "fingerprint=60aa 7b6f 3043 4ae6 8e56  9963 e50c 6a09 17c6 22b1\nkeyring = /etc/key.gpg\n");
  const auto file = read_settings(tree.real("/k.conf"), {});
  CHECK(file.archive == "http://mirror.example/mainline/");
  CHECK(file.fingerprint == "60AA7B6F30434AE68E569963E50C6A0917C622B1");
  CHECK(file.keyring == "/etc/key.gpg");

  const auto both =
      read_settings(tree.real("/k.conf"), {.archive = "file:/srv/mainline", .keyring = "/key.asc"});
  CHECK(both.archive == "file:/srv/mainline/");
  CHECK(both.keyring == "/key.asc");
  CHECK(both.fingerprint == file.fingerprint);
}

TEST_CASE("what is wrong in the file is said with its name and key") {
  CHECK(refusal("mirror = x\n") == "/k.conf: unrecognised option 'mirror'");
  CHECK(refusal("[kernel]\narchive = https://host/\n") == "/k.conf: unrecognised option 'kernel.archive'");
  CHECK(refusal("archive\n") == "/k.conf: the options configuration file contains an invalid line 'archive'");
  CHECK(refusal("archive = a\narchive = b\n").find("'archive' cannot be specified more than once") !=
        std::string::npos);
  CHECK(refusal("archive = ftp://host/\n") ==
        "/k.conf: archive is not a URL of an archive: https:, http: or file:, and a path without blanks or "
        "quotes");
  CHECK(refusal("keyring = key.gpg\n") == "/k.conf: keyring is not the absolute path of a file");
  CHECK(refusal("fingerprint = 17C622B0\n") ==
        "/k.conf: fingerprint is not the fingerprint of a key: 40 hexadecimal digits");
}

TEST_CASE(
    "what is wrong on the command line is said with its option, and a bad file also where it is overridden") {
  CHECK(refusal("", {.fingerprint = std::string(39, 'A')}) ==
        "--fingerprint is not the fingerprint of a key: 40 hexadecimal digits");
  CHECK(refusal("", {.fingerprint = std::string(39, 'A') + "G"}) != "");
  CHECK(refusal("", {.keyring = "/a\nb"}) == "--keyring is not the absolute path of a file");
  CHECK(refusal("archive = x\n", {.archive = "https://host/"}).starts_with("/k.conf: archive "));
}

TEST_CASE("a file that cannot be read is not a file without settings") {
  Tree tree;
  tree.directory("/k.conf");
  CHECK_THROWS_WITH_AS(read_settings(tree.real("/k.conf"), {}),
                       ("cannot read " + tree.real("/k.conf") + ": is a directory").c_str(),
                       std::runtime_error);
}

TEST_CASE("an archive is named by https:, http: or file:") {
  for (const auto* url :
       {"https://kernel.ubuntu.com/mainline/", "http://127.0.0.1:8080/", "https://[::1]:8080/m/",
        "https://ann:secret%40@host/m/", "file:/srv/m/", "file:///srv/m/"}) {
    CAPTURE(url);
    CHECK(parse_archive_url(url) == url);
  }
  CHECK(parse_archive_url("https://host") == "https://host/");
  for (const auto* url : {"",
                          "https://",
                          "https:///m",
                          "http://:80/",
                          "https://ann@/",
                          "ftp://host/",
                          "host/m",
                          "HTTPS://host/",
                          "file:srv",
                          "file://host/srv",
                          "https://host/a b",
                          "https://host/\"",
                          "https://host/'",
                          "https://host/\n",
                          "https://host/\x7f",
                          "https://host/?x",
                          "https://host/#x",
                          "https://host/\\",
                          "https://host/../m",
                          "file:/srv/..",
                          "cdrom:/m",
                          "copy:/m"}) {
    CAPTURE(url);
    CHECK_FALSE(parse_archive_url(url));
  }
}

TEST_CASE("each archive has a directory of its own, whose name tells no password") {
  CHECK(cache_name_of("https://kernel.ubuntu.com/mainline/") == "https_kernel.ubuntu.com_mainline");
  CHECK(cache_name_of("http://ann:secret@127.0.0.1:8080/a_b/") == "http_127.0.0.1=3A8080_a=5Fb");
  CHECK(cache_name_of("file:///srv/m@1/") == "file_srv_m=401");
  CHECK(cache_name_of("https://host/") != cache_name_of("http://host/"));
}
