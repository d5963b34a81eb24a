#include "features/catalogue.hpp"

#include "features/all.hpp"

namespace kerneltour::features {
namespace {

constexpr const Feature* table[] = {
    &kernel,
    &psi,
    &psi_triggers,
    &cgroup2,
    &control_groups,
    &user_namespaces,
    &subordinate_ids,
    &network_namespaces,
    &idmapped_mounts,
    &so_reuseport,
    &reuseport_bpf,
    &reuseport_migration,
    &lxc,
    &load_generator,
    &ruby,
};

}  // namespace

std::span<const Feature* const> catalogue() { return table; }

const Feature* find(std::string_view id) {
  for (const auto* feature : table) {
    if (feature->id == id) return feature;
  }
  return nullptr;
}

std::vector<std::string_view> programs() {
  std::vector<std::string_view> names;
  for (const auto* feature : table)
    names.insert(names.end(), feature->programs.begin(), feature->programs.end());
  return names;
}

}  // namespace kerneltour::features
