#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kerneltour::host {

class Host;

/// A module that dkms(8) builds for each kernel, out of tree.
struct DkmsModule {
  std::string name;
  std::string version;
  std::vector<std::string> built_for;  ///< releases

  bool is_built_for(std::string_view release) const;
};

/// Those in dkms's tree, by name and version.
std::vector<DkmsModule> read_dkms(const Host& host);

}  // namespace kerneltour::host
