#include "lesson/options.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include <boost/program_options.hpp>

#include "chapters/run_options.hpp"
#include "posix/option_error.hpp"
#include "posix/terminal.hpp"

namespace kerneltour::lesson {
namespace {

namespace po = boost::program_options;

po::options_description description() {
  auto options = chapters::run_options();
  options.add_options()("help", "Print this.");
  return options;
}

constexpr int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;

}  // namespace

Options parse_options(int argc, char** argv) {
  po::variables_map given;
  try {
    const po::positional_options_description none;
    po::store(po::command_line_parser(argc, argv).options(description()).positional(none).style(style).run(),
              given);
  } catch (po::error& error) {
    throw std::invalid_argument(
        fmt::format("{}; --help lists the options", posix::printable(posix::message_of(error))));
  }
  const auto text = [&](const char* name) -> std::optional<std::string> {
    return given.count(name) != 0 ? std::optional(given[name].as<std::string>()) : std::nullopt;
  };
  Options options;
  options.help = given.count("help") != 0;
  options.list = given.count("list") != 0;
  options.source = given.count("source") != 0;
  options.format = text("format").value_or("text");
  options.from = text("from");
  options.copy = text("copy");
  if (given.count("record") != 0) options.record = given["record"].as<std::vector<std::string>>();
  options.set = text("set");
  if (options.format != "text" && options.format != "tap" && options.format != "json")
    throw std::invalid_argument(
        fmt::format("--format: '{}' is none of text, tap and json", posix::printable(options.format)));
  options.unattended = given.count("unattended") != 0 || options.format != "text";
  return options;
}

std::string options_help() {
  std::string text;
  const auto options = description();
  for (const auto& option : options.options()) {
    text += fmt::format("  --{} {}\n", option->long_name(), option->format_parameter());
    for (const auto& line : posix::wrap(option->description(), 72)) text += fmt::format("      {}\n", line);
  }
  return text;
}

}  // namespace kerneltour::lesson
