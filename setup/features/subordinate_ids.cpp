#include <fmt/format.h>

#include <algorithm>

#include "features/all.hpp"
#include "features/id_ranges.hpp"
#include "features/remedies.hpp"
#include "features/untold.hpp"
#include "posix/shell.hpp"

namespace kerneltour::features {
namespace {

constexpr std::string_view documents[] = {"subuid(5)", "subgid(5)", "newuidmap(1)", "newgidmap(1)",
                                          "login.defs(5)"};
constexpr std::string_view programs[] = {"newuidmap", "newgidmap"};
constexpr unsigned cap_setgid = 6;  // linux/capability.h
constexpr unsigned cap_setuid = 7;

/// One of the two sides, with what belongs to it.
struct Side {
  const host::SubordinateSide& host;
  std::vector<std::pair<std::uint64_t, std::string>> ids;
  std::string_view usermod_option;  ///< behind --add- and --del-
};

/// A range that is of no use, and why.
struct BadRange {
  host::SubordinateRange range;
  std::string problem;
  std::string path;
  std::string_view usermod_option;
};

std::string written(const host::SubordinateRange& range) {
  return fmt::format("{}:{}:{}", range.owner, range.start, range.count);
}

/// Those of our programs that the administrator gave other rights than their package does.
std::vector<std::string> overridden_programs(const host::Facts& facts) {
  std::vector<std::string> paths;
  for (const auto name : programs) {
    const auto found = facts.programs.find(name);
    if (found == facts.programs.end()) continue;
    const auto& overrides = facts.status_overrides;
    if (std::count(overrides.begin(), overrides.end(), found->second.path) > 0)
      paths.push_back(found->second.path);
  }
  return paths;
}

/// Where root's ID is not mapped, its files seem to be owned by "nobody", and their capabilities are not
/// shown (user_namespaces(7)).
std::optional<Verdict> hidden_owner(const host::Facts& facts, const host::Program& program) {
  const auto& here = facts.user_namespace;
  if (here.initial || here.has_user(program.status.owner)) return std::nullopt;
  return unknown(Layer::privilege,
                 fmt::format("kerneltour runs in a user namespace where the owner of {} is not mapped, and "
                             "whether it may write a map cannot be seen: leave that user namespace",
                             program.path),
                 {{"/proc/self/uid_map", fmt::format("has no user {}", program.status.owner)}});
}

/// setuid and file capabilities are two right ways to install newuidmap (shadow's configure: --with-fcaps).
std::optional<Verdict> judge_program(const host::Facts& facts, std::string_view name, unsigned capability) {
  const auto found = facts.programs.find(name);
  if (found == facts.programs.end())
    return needs_package(facts, fmt::format("{} is not installed", name),
                         {{"/usr/bin", fmt::format("no {}", name)}}, "uidmap");
  const auto& program = found->second;
  if (program.setuid_root() || program.has_capability(capability)) return std::nullopt;
  if (auto verdict = hidden_owner(facts, program)) return verdict;
  EvidenceList evidence = {{program.path, fmt::format("mode {:04o}, owner {}", program.status.mode & 07777,
                                                      program.status.owner)}};
  const auto overrides = overridden_programs(facts);
  for (const auto& path : overrides) evidence.push_back({"/var/lib/dpkg/statoverride", path});
  return needs_reinstalled_package(
      facts,
      fmt::format("{0} may not write a map: it is not setuid root, and has not the file capability {1}", name,
                  capability == cap_setuid ? "cap_setuid" : "cap_setgid"),
      std::move(evidence), "uidmap", overrides);
}

std::vector<BadRange> bad_ranges(const std::vector<host::SubordinateRange>& own, const Side& side,
                                 const Subject& owner) {
  std::vector<BadRange> bad;
  for (const auto& range : own) {
    if (auto problem = problem_of(range, owner.name, owner.uid, side.host, side.ids); !problem.empty())
      bad.push_back({range, std::move(problem), side.host.path, side.usermod_option});
  }
  return bad;
}

/// Takes a line away as it stands, whatever characters are in its owner's name.
std::string remove_line(const BadRange& bad) {
  std::string pattern;
  for (const char c : written(bad.range)) {
    constexpr std::string_view special = "\\/.*[]^$";
    if (special.find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return fmt::format("sed -i {} {}", posix::shell_quoted("/^" + pattern + "$/d"), bad.path);
}

/// usermod(8) refuses to make the files, and takes away only what stands under the user's name.
std::vector<std::string> grant_by_usermod(const host::Facts& facts, const IdRange& range,
                                          const Subject& owner, const std::vector<BadRange>& replaced) {
  std::vector<std::string> commands;
  for (const auto* side : {&facts.subuid, &facts.subgid}) {
    if (!side->file.exists) commands.push_back("touch " + side->path);
  }
  std::string command = "usermod";
  for (const auto& bad : replaced) {
    if (bad.range.owner == owner.name) {
      command += fmt::format(" --del-{} {}-{}", bad.usermod_option, bad.range.start, bad.range.end() - 1);
    } else {
      commands.push_back(remove_line(bad));
    }
  }
  commands.push_back(fmt::format("{0} --add-subuids {1}-{2} --add-subgids {1}-{2} {3}", command, range.start,
                                 range.last(), posix::shell_quoted(owner.name)));
  return commands;
}

/// usermod(8) knows the users of /etc/passwd alone, and not those of a directory service.
std::vector<std::string> grant_by_lines(const host::Facts& facts, const IdRange& range, const Subject& owner,
                                        const std::vector<BadRange>& replaced) {
  std::vector<std::string> commands;
  for (const auto& bad : replaced) commands.push_back(remove_line(bad));
  const auto line = posix::shell_quoted(fmt::format("{}:{}:{}", owner.name, range.start, range.count));
  for (const auto* side : {&facts.subuid, &facts.subgid})
    commands.push_back(fmt::format("printf '%s\\n' {} >> {}", line, side->path));
  return commands;
}

/// Gives the subject a range of its own on both sides, in place of `replaced`.
Fix grant(const host::Facts& facts, const IdRange& range, const Subject& owner,
          const std::vector<BadRange>& replaced) {
  const bool in_passwd = std::any_of(facts.users.begin(), facts.users.end(),
                                     [&](const host::User& user) { return user.name == owner.name; });
  return {"subordinate-ids:" + owner.name,
          fmt::format("give {} the IDs {} to {}, which are free", called(owner), range.start, range.last()),
          (in_passwd ? grant_by_usermod : grant_by_lines)(facts, range, owner, replaced), true, false};
}

Verdict needs_range(const Situation& situation, std::string reason, EvidenceList evidence,
                    const std::vector<BadRange>& replaced) {
  if (situation.owner.name == "nobody")
    return unknown(Layer::id_ranges,
                   fmt::format("{}, and should own none: name another user, with --as USER", reason),
                   std::move(evidence));
  const auto range = free_range(situation.facts);
  if (!range)
    return impossible(
        Layer::id_ranges,
        fmt::format("{}; and no free range of {} IDs is left below SUB_UID_MAX", reason, enough_ids),
        std::move(evidence));
  return fixable(Layer::id_ranges, std::move(reason), std::move(evidence),
                 {grant(situation.facts, *range, situation.owner, replaced)});
}

void add_side(EvidenceList& evidence, const Side& side, const std::vector<host::SubordinateRange>& own,
              const Subject& owner) {
  const auto& [path, file, defaults] = side.host;
  for (const auto& range : own)
    evidence.push_back({fmt::format("{} line {}", path, range.line), written(range)});
  if (own.empty())
    evidence.push_back(
        {path, file.exists ? fmt::format("has no range of {}", called(owner)) : "does not exist"});
  for (const auto& malformed : file.malformed)
    evidence.push_back({fmt::format("{} line {}", path, malformed.line),
                        fmt::format("malformed, and ignored: {}", malformed.text)});
}

/// The first range that is large enough; `end()` where none is.
auto find_enough(const std::vector<host::SubordinateRange>& own) {
  return std::find_if(own.begin(), own.end(), [](const auto& range) { return range.count >= enough_ids; });
}

bool has_enough(const std::vector<host::SubordinateRange>& own) { return find_enough(own) != own.end(); }

std::string which_side(bool users, bool groups) {
  if (users && groups) return "/etc/subuid and /etc/subgid";
  return users ? "/etc/subuid" : "/etc/subgid";
}

Verdict judge_ranges(const Situation& situation) {
  const auto& facts = situation.facts;
  const auto& owner = situation.owner;
  const Side users{facts.subuid, real_uids(facts), "subuids"};
  const Side groups{facts.subgid, real_gids(facts), "subgids"};
  const auto own_uids = ranges_of(facts.subuid, owner.name, owner.uid);
  const auto own_gids = ranges_of(facts.subgid, owner.name, owner.uid);
  EvidenceList evidence;
  add_side(evidence, users, own_uids, owner);
  add_side(evidence, groups, own_gids, owner);

  auto bad = bad_ranges(own_uids, users, owner);
  const auto bad_gids = bad_ranges(own_gids, groups, owner);
  bad.insert(bad.end(), bad_gids.begin(), bad_gids.end());
  if (own_uids.empty() || own_gids.empty())
    return needs_range(
        situation,
        fmt::format("{} has no range in {}", called(owner), which_side(own_uids.empty(), own_gids.empty())),
        std::move(evidence), bad);
  if (!bad.empty())
    return needs_range(situation, fmt::format("the range {} {}", written(bad[0].range), bad[0].problem),
                       std::move(evidence), bad);
  if (!has_enough(own_uids) || !has_enough(own_gids))
    return needs_range(situation,
                       fmt::format("{} has no range of {} IDs in {}", called(owner), enough_ids,
                                   which_side(!has_enough(own_uids), !has_enough(own_gids))),
                       std::move(evidence), bad);
  const auto& large = *find_enough(own_uids);
  return ready(fmt::format("{} has {} IDs from {}, and no other user has them", called(owner), large.count,
                           large.start),
               std::move(evidence));
}

Verdict judge(const Situation& situation) {
  const auto& facts = situation.facts;
  if (auto verdict = judge_program(facts, "newuidmap", cap_setuid)) return *verdict;
  if (auto verdict = judge_program(facts, "newgidmap", cap_setgid)) return *verdict;
  if (auto verdict = unreadable(facts, {host::About::ids}, {})) return *verdict;
  if (!facts.subordinate_services.empty())
    return unknown(
        Layer::id_ranges,
        fmt::format("this host takes subordinate IDs from the service \"{}\", not from /etc/subuid: ask it "
                    "with getsubids(1)",
                    facts.subordinate_services[0]),
        {{"/etc/nsswitch.conf", "subid: " + facts.subordinate_services[0]}});
  return judge_ranges(situation);
}

}  // namespace

const Feature subordinate_ids = {
    "subordinate-ids",
    "Subordinate IDs",
    "",
    "Ranges of user and group IDs that an ordinary user may map into a user namespace, 65536 of them so that "
    "a whole "
    "system fits. They stand in /etc/subuid and /etc/subgid, and newuidmap(1) and newgidmap(1) write them "
    "into the maps.",
    documents,
    {},
    programs,
    judge,
};

}  // namespace kerneltour::features
