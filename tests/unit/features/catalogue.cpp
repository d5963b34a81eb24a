#include "features/catalogue.hpp"

#include <doctest/doctest.h>

#include <set>

#include "host/kernel_release.hpp"
#include "unit/features/situation.hpp"

using namespace kerneltour;

TEST_CASE("features have the ids of the documented interface, in order") {
  std::vector<std::string_view> ids;
  for (const auto* feature : features::catalogue()) ids.push_back(feature->id);
  CHECK(ids == std::vector<std::string_view>{"kernel", "psi", "psi-triggers", "cgroup2", "control-groups",
                                             "user-namespaces", "subordinate-ids", "network-namespaces",
                                             "idmapped-mounts", "so-reuseport", "reuseport-bpf",
                                             "reuseport-migration", "lxc", "load-generator", "ruby"});
}

TEST_CASE("every feature says what it is, since when and where it is documented") {
  for (const auto* feature : features::catalogue()) {
    CAPTURE(feature->id);
    CHECK(features::find(feature->id) == feature);
    CHECK(feature->about.size() > 20);
    CHECK(feature->title.back() != '.');
    CHECK_FALSE(feature->documents.empty());
    if (!feature->since.empty()) CHECK(host::parse_kernel_version(feature->since));
  }
  CHECK(features::find("psi2") == nullptr);
}

TEST_CASE("a verdict that is not ready names its layer, and one that is fixable says how") {
  host::Facts bare;
  for (const auto* feature : features::catalogue()) {
    CAPTURE(feature->id);
    const auto verdict = test::judge(*feature, bare);
    CHECK_FALSE(verdict.reason.empty());
    CHECK(verdict.reason.back() != '.');
    if (verdict.status != features::Status::ready) CHECK(verdict.layer.has_value());
    if (verdict.status == features::Status::fixable) CHECK_FALSE(verdict.fixes.empty());
  }
}
