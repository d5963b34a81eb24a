#pragma once

#include <string>
#include <vector>

namespace kerneltour::apt {

class OpenedCache;

/// Why what is marked in the cache cannot be: a sentence for each dependency that nothing would fulfil,
/// without its full stop. Made from the states of the dependencies, as what libapt-pkg's solvers print
/// differs from one to the next.
std::vector<std::string> explain_broken(OpenedCache& opened);

}  // namespace kerneltour::apt
