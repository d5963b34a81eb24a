#include "posix/option_error.hpp"

#include <map>

namespace kerneltour::posix {
namespace {

namespace po = boost::program_options;

/// What is put in for the placeholders is a protected member of Boost's.
struct WithPlaceholders : po::error_with_option_name {
  static std::map<std::string, std::string>& values(po::error_with_option_name& error) {
    return error.*(&WithPlaceholders::m_substitutions);
  }
};

void escape(std::string& value) {
  // One alone is no placeholder.
  if (value.find('%') == value.rfind('%')) return;
  for (auto at = value.find('%'); at != std::string::npos; at = value.find('%', at)) value.replace(at, 1, "\\x25");
}

}  // namespace

std::string message_of(po::error& error) {
  if (auto* const named = dynamic_cast<po::error_with_option_name*>(&error))
    for (auto& [placeholder, value] : WithPlaceholders::values(*named)) escape(value);
  return error.what();
}

}  // namespace kerneltour::posix
