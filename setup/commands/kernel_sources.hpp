#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apt/cache.hpp"
#include "host/boot_setup.hpp"
#include "kernels/kernel.hpp"
#include "kernels/mainline_archive.hpp"

namespace kerneltour::commands {

/// The kernels that APT and dpkg know of on a host, and those in /boot, newest first.
std::vector<kernels::Kernel> kernels_of_host(const apt::Cache& cache, const host::BootSetup& setup);

/// The versions that the mainline archive has, newest first, from 4.20 on: whether one was built, only its
/// own folder says.
std::vector<kernels::Kernel> mainline_kernels(const kernels::MainlineArchive& archive);

/// The archive of mainline kernels, with its cache: root's, that of the host below `root`, or the ordinary
/// user's own. Throws std::runtime_error.
kernels::MainlineArchive open_archive(const kernels::Settings& settings, const std::string& root,
                                      const apt::Fetch& fetch);

/// How the host boots.
host::BootSetup boot_setup_of(const std::string& root);

/// A directory of ours for files that are fetched or copied: root's below `root`, else the user's own.
/// "/var/cache/kerneltour/mainline", "/home/ann/.cache/kerneltour/mainline".
std::string cache_directory(const std::string& root, std::string_view name);

}  // namespace kerneltour::commands
