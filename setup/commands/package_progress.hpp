#pragma once

#include <string>

#include "apt/observer.hpp"
#include "posix/terminal.hpp"

namespace kerneltour::commands {

/// Shows on standard error what is downloaded and installed: on a terminal one line that changes, else a line
/// for each thing that is done.
class PackageProgress : public apt::Observer {
 public:
  PackageProgress();
  PackageProgress(const PackageProgress&) = delete;
  PackageProgress& operator=(const PackageProgress&) = delete;
  /// Leaves the terminal with an empty line.
  ~PackageProgress() override;

  void downloading(std::uint64_t done, std::uint64_t total, std::uint64_t rate,
                   const std::string& what) override;
  void downloaded(const std::string& what, std::uint64_t bytes) override;
  void installing(double percent, const std::string& what) override;
  void waiting(const std::string& why) override;

 private:
  void show(const std::string& line);
  void say(const std::string& line);
  void clear();

  posix::Terminal terminal_;
  std::string last_;
  bool shown_ = false;
};

/// "61 MB", "1.2 GB", "812 kB": bytes as a person reads them, in powers of ten.
std::string size_text(std::uint64_t bytes);

/// "0:08", "1:02:30"
std::string duration_text(std::uint64_t seconds);

}  // namespace kerneltour::commands
