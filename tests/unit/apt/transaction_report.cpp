#include "apt/transaction_report.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace kerneltour::apt {
namespace {

struct Told : Observer {
  std::vector<std::string> said;
  void installing(double percent, const std::string& what) override {
    said.push_back(std::to_string(static_cast<int>(percent)) + " " + what);
  }
  void waiting(const std::string& why) override { said.push_back("waiting " + why); }
};

TEST_CASE("progress is told line by line, however the bytes come") {
  Told told;
  TransactionReport report(told);
  const std::string lines =
      "pmstatus:linux-image-6.12.9-amd64:20.0000:Unpacking linux-image-6.12.9-amd64 (amd64)\n"
      "waiting:Waiting for cache lock: held by process 12 (apt-get)\n"
      "pmstatus:dpkg-exec:80:Running dpkg: again\n";
  for (const char c : lines) report.take({&c, 1});
  CHECK(told.said == std::vector<std::string>{"20 Unpacking linux-image-6.12.9-amd64 (amd64)",
                                              "waiting Waiting for cache lock: held by process 12 (apt-get)",
                                              "80 Running dpkg: again"});
  CHECK(report.failure().empty());
}

TEST_CASE("a failure has dpkg's words about the package, and libapt-pkg's") {
  Told told;
  TransactionReport report(told);
  report.take(
      "pmerror:linux-image-6.12.9-amd64:60.0:installed linux-image-6.12.9-amd64 package post-installation "
      "script "
      "subprocess returned error exit status 1\nerror:dpkg could not do it\n");
  CHECK(report.failure() ==
        "linux-image-6.12.9-amd64: installed linux-image-6.12.9-amd64 package post-installation script "
        "subprocess "
        "returned error exit status 1 (dpkg could not do it)");
}

TEST_CASE("lines that are none of these are passed over, and one without an end is not kept for ever") {
  Told told;
  TransactionReport report(told);
  report.take("pmconffile:/etc/x:1:'a' 'b' 1 1\n\n:::\npmstatus\n");
  report.take(std::string(200000, 'x'));
  report.take("\nerror:end\n");
  CHECK(report.failure() == "end");
}

}  // namespace
}  // namespace kerneltour::apt
