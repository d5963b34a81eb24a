#include "host/grub_menu.hpp"

#include "host/grub.hpp"
#include "host/grub_script.hpp"
#include "posix/text.hpp"

namespace kerneltour::host {
namespace {

constexpr std::size_t deepest = 8;  ///< submenus in submenus; update-grub makes one level

/// An entry or submenu whose closing brace is yet to come.
struct Open {
  GrubMenuEntry entry;
  std::size_t begin = 0;       ///< of its command
  std::size_t body_begin = 0;  ///< behind its brace
  std::size_t blocks = 0;      ///< other braces that are open in it
};

/// The title, the ID and the other options of "menuentry" or "submenu".
GrubMenuEntry named(const std::vector<std::string>& words) {
  constexpr std::string_view assigned = "--id=";
  GrubMenuEntry entry;
  entry.submenu = words.front() == "submenu";
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "--id" && i + 1 < words.size()) {
      entry.id = words[++i];
    } else if (words[i].starts_with(assigned)) {
      entry.id = words[i].substr(assigned.size());
    } else if (i == 1) {
      entry.title = words[i];
    } else {
      entry.options.push_back(words[i]);
    }
  }
  return entry;
}

class MenuReader {
 public:
  explicit MenuReader(std::string_view text) : text_(text), script_(text) {}

  GrubMenu read() {
    while (const auto command = script_.next()) {
      if (command->ended_by == '{') {
        begin_block(*command);
      } else {
        if (open_.empty()) note_default(command->words);
        if (command->ended_by == '}') end_block(*command);
      }
    }
    return std::move(menu_);
  }

 private:
  std::size_t& blocks() { return open_.empty() ? blocks_ : open_.back().blocks; }

  void begin_block(const GrubCommand& command) {
    const bool listed =
        !command.words.empty() && (command.words[0] == "menuentry" || command.words[0] == "submenu");
    const bool in_menu = open_.empty() || (open_.back().entry.submenu && open_.size() < deepest);
    if (listed && in_menu && blocks() == 0) {
      open_.push_back({named(command.words), command.begin, command.end + 1, 0});
    } else {
      ++blocks();
    }
  }

  void end_block(const GrubCommand& command) {
    if (blocks() > 0) {
      --blocks();
    } else if (!open_.empty()) {
      Open closed = std::move(open_.back());
      open_.pop_back();
      closed.entry.body = text_.substr(closed.body_begin, command.end - closed.body_begin);
      if (!closed.entry.submenu) {
        const auto linux = parse_grub_cfg(text_.substr(closed.begin, command.end - closed.begin));
        if (linux) closed.entry.release = linux->release;
      } else {
        closed.entry.body.clear();  // it is in its entries
      }
      (open_.empty() ? menu_.entries : open_.back().entry.entries).push_back(std::move(closed.entry));
    }
  }

  /// GRUB_DEFAULT is what is set last: before it stands what grub-reboot(8) has chosen, a variable.
  void note_default(const std::vector<std::string>& words) {
    constexpr std::string_view assignment = "default=";
    if (!menu_.entries.empty() || words.size() != 2 || words[0] != "set") return;
    if (words[1].starts_with(assignment)) menu_.default_entry = words[1].substr(assignment.size());
  }

  std::string_view text_;
  GrubScript script_;
  std::vector<Open> open_;
  std::size_t blocks_ = 0;
  GrubMenu menu_;
};

/// What a path calls the entry: '>' in a title is doubled.
std::string name_of(const GrubMenuEntry& entry) {
  if (!entry.id.empty()) return entry.id;
  std::string name;
  for (const char c : entry.title) name += c == '>' ? std::string(">>") : std::string(1, c);
  return name;
}

/// The first name of a path, taken away from it with the '>' behind it.
std::string take_name(std::string_view& path) {
  std::string name;
  while (!path.empty()) {
    if (path.front() == '>' && !path.starts_with(">>")) {
      path.remove_prefix(1);
      break;
    }
    name += path.front();
    path.remove_prefix(path.front() == '>' ? 2 : 1);
  }
  return name;
}

/// A number counts from 0; else the name is an ID or a title (grub-core/normal/menu.c: get_entry_number).
const GrubMenuEntry* find_in(const std::vector<GrubMenuEntry>& entries, const std::string& name) {
  if (const auto number = posix::parse_number<std::size_t>(name))
    return *number < entries.size() ? &entries[*number] : nullptr;
  for (const auto& entry : entries) {
    if (entry.title == name || (!entry.id.empty() && entry.id == name)) return &entry;
  }
  return nullptr;
}

/// The first of the entries, and of those in submenus, that is wanted.
template <typename Wanted>
std::optional<GrubPlace> first_of(const std::vector<GrubMenuEntry>& entries, const Wanted& wanted) {
  for (const auto& entry : entries) {
    if (!entry.submenu && wanted(entry)) return GrubPlace{name_of(entry), &entry};
    if (auto place = first_of(entry.entries, wanted))
      return GrubPlace{name_of(entry) + ">" + place->path, place->entry};
  }
  return std::nullopt;
}

}  // namespace

GrubMenu parse_grub_menu(std::string_view text) { return MenuReader(text).read(); }

std::optional<GrubPlace> find_entry(const GrubMenu& menu, std::string_view path) {
  const auto* entries = &menu.entries;
  std::string found;
  while (!path.empty()) {
    const auto* entry = find_in(*entries, take_name(path));
    if (!entry) return std::nullopt;
    found += (found.empty() ? "" : ">") + name_of(*entry);
    if (path.empty() && !entry->submenu) return GrubPlace{found, entry};
    entries = &entry->entries;
  }
  return std::nullopt;
}

std::optional<GrubPlace> default_entry(const GrubMenu& menu, std::string_view saved_entry) {
  const std::string_view wanted = menu.default_entry.empty() ? saved_entry : menu.default_entry;
  if (auto place = find_entry(menu, wanted)) return place;
  return find_entry(menu, "0");
}

std::optional<GrubPlace> entry_of_release(const GrubMenu& menu, std::string_view release) {
  if (release.empty()) return std::nullopt;
  const auto advanced = "gnulinux-" + std::string(release) + "-advanced-";
  const auto by_id =
      first_of(menu.entries, [&](const auto& entry) { return entry.id.starts_with(advanced); });
  if (by_id) return by_id;
  return first_of(menu.entries, [&](const auto& entry) {
    // "simple" is the first kernel, whichever that is.
    return entry.release == release && !entry.id.starts_with("gnulinux-simple-") &&
           entry.id.find("-recovery-") == std::string::npos;
  });
}

}  // namespace kerneltour::host
