#pragma once

#include <optional>

#include "probes/last_call.hpp"

namespace kerneltour::probes {

/// The namespaces that the probes of one process have entered. Each is entered once, since making one takes
/// time: a probe that asks for it again is told what came of it then, and goes on inside.
class Namespaces {
 public:
  bool enter_user(LastCall& last);     ///< see user_namespace.hpp
  bool enter_network(LastCall& last);  ///< see network_namespace.hpp

 private:
  std::optional<LastCall> user_;
  std::optional<LastCall> network_;
};

}  // namespace kerneltour::probes
