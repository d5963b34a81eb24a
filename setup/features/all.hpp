#pragma once

#include "features/feature.hpp"

// Each feature is defined in the file of its name.
namespace kerneltour::features {

extern const Feature kernel;
extern const Feature psi;
extern const Feature psi_triggers;
extern const Feature cgroup2;
extern const Feature control_groups;
extern const Feature user_namespaces;
extern const Feature subordinate_ids;
extern const Feature network_namespaces;
extern const Feature idmapped_mounts;
extern const Feature so_reuseport;
extern const Feature reuseport_bpf;
extern const Feature reuseport_migration;
extern const Feature lxc;
extern const Feature load_generator;
extern const Feature ruby;

}  // namespace kerneltour::features
