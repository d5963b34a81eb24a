#include "commands/format.hpp"

#include <fmt/format.h>

#include "posix/terminal.hpp"

namespace kerneltour::commands {

void add_format(Options& options) {
  options.add_options()("format", boost::program_options::value<std::string>()->value_name("text|json"),
                        "How to print: text (the default), or JSON whose names never change their meaning.");
}

bool wants_json(const Arguments& arguments) {
  if (arguments.count("format") == 0) return false;
  const auto& format = arguments["format"].as<std::string>();
  if (format != "text" && format != "json")
    throw UsageError(fmt::format("--format: '{}' is neither text nor json", format));
  return format == "json";
}

}  // namespace kerneltour::commands
