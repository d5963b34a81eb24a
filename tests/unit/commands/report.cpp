#include "commands/report.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include <nlohmann/json.hpp>

#include "chapters/catalogue.hpp"
#include "features/all.hpp"
#include "features/catalogue.hpp"

using namespace kerneltour;
using namespace kerneltour::commands;
using features::Layer;
using features::Status;
using posix::Terminal;

namespace {

Judged judged(const features::Feature& feature, Status status) {
  Judged result{&feature, {}};
  result.verdict.status = status;
  result.verdict.reason =
      "a reason that is long enough to be wrapped where the terminal is no wider than sixty columns";
  if (status != Status::ready) result.verdict.layer = Layer::boot_parameter;
  result.verdict.evidence = {{"/proc/cmdline", "psi=0"}};
  if (status == Status::fixable)
    result.verdict.fixes = {
        {"boot-parameter:psi=1", "put psi=1 on the kernel command line", {"update-grub"}, true, true}};
  return result;
}

Report example() {
  Report report;
  report.facts.os.pretty_name = "Debian GNU/Linux 12 (bookworm)";
  report.facts.os.id = "debian";
  report.facts.release = host::parse_kernel_release("6.1.0-56-amd64");
  report.facts.live = true;
  report.features = {judged(features::kernel, Status::ready), judged(features::psi, Status::fixable)};
  report.chapters = {judge_chapter(*chapters::find("2"), report.features),
                     judge_chapter(*chapters::find("16"), report.features)};
  return report;
}

std::size_t longest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t longest = 0;
  for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
  return longest;
}

}  // namespace

TEST_CASE("the exit status is that of the verdict that weighs most") {
  const auto ready = judged(features::kernel, Status::ready);
  const auto fixable = judged(features::psi, Status::fixable);
  const auto impossible = judged(features::cgroup2, Status::impossible);
  const auto unknown = judged(features::ruby, Status::unknown);
  CHECK(exit_status({}) == 0);
  CHECK(exit_status({ready}) == 0);
  CHECK(exit_status({ready, unknown}) == 4);
  CHECK(exit_status({unknown, fixable, ready}) == 1);
  CHECK(exit_status({fixable, impossible, unknown}) == 3);
}

TEST_CASE("a chapter is as ready as the worst of its needs, and names those that are not") {
  const std::vector<Judged> features = {judged(features::psi, Status::fixable),
                                        judged(features::cgroup2, Status::impossible),
                                        judged(features::ruby, Status::unknown)};
  chapters::Chapter both;
  both.needs = {"psi", "cgroup2"};
  const auto readiness = judge_chapter(both, features);
  CHECK(readiness.status == Status::impossible);
  CHECK(readiness.blocked_by == std::vector<std::string>{"psi", "cgroup2"});
  CHECK(judge_chapter(*chapters::find("0"), features).status == Status::ready);
}

TEST_CASE("what a chapter needs is a feature") {
  for (const auto& chapter : chapters::catalogue()) {
    for (const auto& need : chapter.needs) {
      CAPTURE(chapter.id);
      CAPTURE(need);
      CHECK(features::find(need) != nullptr);
    }
  }
}

TEST_CASE("JSON has the documented keys, and null where there is nothing") {
  const auto json = nlohmann::json::parse(as_json(example()));
  CHECK(json["schema"] == 1);
  CHECK(json["host"]["release"] == "6.1.0-56-amd64");
  CHECK(json["host"]["version"].is_null());
  CHECK(json["features"][0]["layer"].is_null());
  CHECK(json["features"][1]["id"] == "psi");
  CHECK(json["features"][1]["layer"] == "boot-parameter");
  CHECK(json["features"][1]["evidence"][0]["source"] == "/proc/cmdline");
  CHECK(json["features"][1]["fixes"][0]["commands"][0] == "update-grub");
  CHECK(json["features"][1]["fixes"][0]["reboot"] == true);
  CHECK(json["chapters"][0]["blocked_by"] == nlohmann::json::array({"psi"}));
  CHECK(json["chapters"][1]["status"] == "ready");
}

TEST_CASE("JSON stays valid when a file of the host is no UTF-8") {
  auto report = example();
  report.features[0].verdict.reason = "bytes \xff\xfe";
  CHECK(nlohmann::json::accept(as_json(report)));
}

TEST_CASE("text keeps within the terminal's width") {
  for (const std::size_t width : {60U, 80U}) {
    CHECK(longest_line(as_text(example(), Terminal(width, false, false))) <= width);
  }
}

TEST_CASE("text without colour and UTF-8 is plain ASCII") {
  const auto text = as_text(example(), Terminal(80, false, false));
  CHECK(std::all_of(text.begin(), text.end(),
                    [](unsigned char c) { return c == '\n' || (c >= ' ' && c < 127); }));
  CHECK(as_text(example(), Terminal(80, true, true)).find("\x1b[") != std::string::npos);
}

TEST_CASE("text gives details of what is not ready, and of all when asked to explain") {
  auto report = example();
  const auto brief = as_text(report, Terminal(80, false, false));
  CHECK(brief.find("psi: Pressure stall information") != std::string::npos);
  CHECK(brief.find("kernel: Linux 4.20 or later") == std::string::npos);
  report.explain = true;
  const auto full = as_text(report, Terminal(80, false, false));
  CHECK(full.find("kernel: Linux 4.20 or later") != std::string::npos);
  CHECK(full.find("uname(2)") != std::string::npos);
}

TEST_CASE("fixes for a host that is not running are to be done in that host") {
  auto report = example();
  report.root = "/mnt/my disk";
  const auto text = as_text(report, Terminal(200, false, false));
  CHECK(text.find("in that host (chroot '/mnt/my disk'), as root") != std::string::npos);
}

TEST_CASE("\"as root\" is said once") {
  auto report = example();
  report.features[1].verdict.fixes[0].summary = "run as root";
  const auto text = as_text(report, Terminal(80, false, false));
  CHECK(text.find("run as root, then reboot:") != std::string::npos);
}

TEST_CASE("text from the host cannot drive the terminal") {
  auto report = example();
  report.facts.os.pretty_name = "Evil\x1b[2JOS";
  report.features[1].verdict.evidence = {{"/proc/cmdline", "a\x1b]0;title\x07"}};
  CHECK(as_text(report, Terminal(80, false, true)).find('\x1b') == std::string::npos);
}
