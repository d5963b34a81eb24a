#include "fixes/record.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace kerneltour::fixes {
namespace {

using Json = nlohmann::ordered_json;

constexpr int schema = 1;

std::string kept_path(const std::string& directory, std::size_t number, std::string_view what) {
  return fmt::format("{}/{}.{}", directory, number, what);
}

Json to_json(const FileState& state) {
  if (!state.exists) return nullptr;
  return {{"mode", fmt::format("{:04o}", state.attributes.mode)},
          {"owner", state.attributes.owner.value_or(0)},
          {"group", state.attributes.group.value_or(0)}};
}

/// Json converts any number to any other.
std::uint32_t number_from(const Json& json) {
  if (!json.is_number_unsigned() || json > std::numeric_limits<std::uint32_t>::max())
    throw std::runtime_error(json.dump() + " is no number from 0 to 4294967295");
  return json.get<std::uint32_t>();
}

FileState attributes_from(const Json& json) {
  if (json.is_null()) return {};
  const auto mode = std::stoul(json.at("mode").get<std::string>(), nullptr, 8);
  if (mode > 07777) throw std::runtime_error(fmt::format("{:o} is no mode of a file", mode));
  return {
      true, {}, {static_cast<mode_t>(mode), number_from(json.at("owner")), number_from(json.at("group"))}};
}

Json to_json(const Change& change) {
  Json edits = Json::array();
  for (const auto& edit : change.edits)
    edits.push_back({{"path", edit.path.substr(change.root.size())},
                     {"before", to_json(edit.before)},
                     {"after", to_json(edit.after)},
                     {"removed_lines", edit.removed},
                     {"added_lines", edit.added},
                     {"makes_directory", edit.makes_directory}});
  return {{"schema", schema},      {"kind", change.kind},      {"summary", change.summary},
          {"when", change.when},   {"by", change.by},          {"number", change.number},
          {"first_of_group", change.group}, {"edits", std::move(edits)}};
}

/// What was kept of a file that existed.
std::string kept_text(const std::string& path) {
  auto state = look_at(path);
  if (!state.exists) throw std::runtime_error(path + " is missing");
  return std::move(state.text);
}

FileEdit edit_from(const Json& json, const std::string& directory, std::size_t number) {
  FileEdit edit;
  edit.path = json.at("path").get<std::string>();
  edit.before = attributes_from(json.at("before"));
  edit.after = attributes_from(json.at("after"));
  edit.removed = json.at("removed_lines").get<std::vector<std::string>>();
  edit.added = json.at("added_lines").get<std::vector<std::string>>();
  edit.makes_directory = json.value("makes_directory", false);
  if (edit.before.exists) edit.before.text = kept_text(kept_path(directory, number, "before"));
  if (edit.by_lines()) {
    edit.after.text = with_lines(edit.before.text, edit.removed, edit.added);
  } else if (edit.after.exists) {
    edit.after.text = kept_text(kept_path(directory, number, "after"));
  }
  return edit;
}

Change change_from(const Json& json, const std::string& directory, const std::string& root) {
  if (json.at("schema") != schema) throw std::runtime_error("another version of kerneltour wrote it");
  Change change;
  change.number = number_from(json.at("number"));
  change.group = json.contains("first_of_group") ? number_from(json.at("first_of_group")) : change.number;
  change.kind = json.at("kind").get<std::string>();
  change.summary = json.at("summary").get<std::string>();
  change.when = json.at("when").get<std::string>();
  change.by = json.at("by").get<std::string>();
  for (const auto& edit : json.at("edits"))
    change.edits.push_back(edit_from(edit, directory, change.edits.size()));
  change.root = root;
  for (auto& edit : change.edits) edit.path.insert(0, root);
  return change;
}

}  // namespace

void write_record(const std::string& directory, const Change& change) {
  for (std::size_t number = 0; number < change.edits.size(); ++number) {
    const auto& edit = change.edits[number];
    // What only root might read stays so.
    const posix::FileAttributes like_before{.mode = edit.before.exists ? edit.before.attributes.mode & 0666
                                                                       : 0600};
    if (edit.before.exists)
      posix::replace_file(kept_path(directory, number, "before"), edit.before.text, like_before);
    if (edit.after.exists && !edit.by_lines())
      posix::replace_file(kept_path(directory, number, "after"), edit.after.text, {.mode = 0600});
  }
  posix::replace_file(directory + "/record.json", to_json(change).dump(2) + "\n", {.mode = 0644});
}

Change read_record(const std::string& directory, const std::string& root) {
  const auto path = directory + "/record.json";
  try {
    return change_from(Json::parse(kept_text(path)), directory, root);
  } catch (const std::exception& error) {
    throw std::runtime_error(fmt::format("{} is no record of a change: {}", path, error.what()));
  }
}

}  // namespace kerneltour::fixes
