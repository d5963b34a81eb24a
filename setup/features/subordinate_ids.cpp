#include <fmt/format.h>

#include <algorithm>

#include "features/all.hpp"
#include "features/remedies.hpp"
#include "features/untold.hpp"
#include "host/id_ranges.hpp"
#include "posix/shell.hpp"

namespace kerneltour::features {
namespace {

constexpr std::string_view documents[] = {"subuid(5)", "subgid(5)", "newuidmap(1)", "newgidmap(1)",
                                          "login.defs(5)"};
constexpr std::string_view programs[] = {"newuidmap", "newgidmap"};
constexpr unsigned cap_setgid = 6;  // linux/capability.h
constexpr unsigned cap_setuid = 7;

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

/// What is wrong with the first of these ranges that something is wrong with; empty where nothing is.
std::string first_problem(const std::vector<host::SubordinateRange>& own, const host::IdSide& side,
                          const Subject& owner) {
  for (const auto& range : own) {
    if (const auto problem = side.problem_of(range, owner.name, owner.uid); !problem.empty())
      return fmt::format("the range {} {}", written(range), problem);
  }
  return {};
}

/// Gives the subject a range of its own on both sides. Ranges of its own that are of no use go.
Fix grant(const Subject& owner) {
  return {"subordinate-ids:" + owner.name,
          fmt::format("give {} a free range of {} IDs", called(owner), host::enough_ids),
          {"kerneltour subid grant " + posix::shell_quoted(owner.name)},
          true,
          false};
}

Verdict needs_range(const Situation& situation, std::string reason, EvidenceList evidence) {
  if (situation.owner.name == "nobody")
    return unknown(Layer::id_ranges,
                   fmt::format("{}, and should own none: name another user, with --as USER", reason),
                   std::move(evidence));
  const auto count = host::default_count(situation.facts);
  if (!host::free_range(situation.facts, count))
    return impossible(Layer::id_ranges,
                      fmt::format("{}; and no free range of {} IDs is left below SUB_UID_MAX", reason, count),
                      std::move(evidence));
  return fixable(Layer::id_ranges, std::move(reason), std::move(evidence), {grant(situation.owner)});
}

void add_side(EvidenceList& evidence, const host::IdSide& side,
              const std::vector<host::SubordinateRange>& own, const Subject& owner) {
  const auto& [path, file, defaults] = side.subordinate();
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
  return std::find_if(own.begin(), own.end(),
                      [](const auto& range) { return range.count >= host::enough_ids; });
}

bool has_enough(const std::vector<host::SubordinateRange>& own) { return find_enough(own) != own.end(); }

std::string which_side(bool users, bool groups) {
  if (users && groups) return "/etc/subuid and /etc/subgid";
  return users ? "/etc/subuid" : "/etc/subgid";
}

Verdict judge_ranges(const Situation& situation) {
  const auto& facts = situation.facts;
  const auto& owner = situation.owner;
  const auto users = host::IdSide::users(facts);
  const auto groups = host::IdSide::groups(facts);
  const auto own_uids = users.ranges_of(owner.name, owner.uid);
  const auto own_gids = groups.ranges_of(owner.name, owner.uid);
  EvidenceList evidence;
  add_side(evidence, users, own_uids, owner);
  add_side(evidence, groups, own_gids, owner);

  if (own_uids.empty() || own_gids.empty())
    return needs_range(
        situation,
        fmt::format("{} has no range in {}", called(owner), which_side(own_uids.empty(), own_gids.empty())),
        std::move(evidence));
  for (const auto& problem :
       {first_problem(own_uids, users, owner), first_problem(own_gids, groups, owner)}) {
    if (!problem.empty()) return needs_range(situation, problem, std::move(evidence));
  }
  if (!has_enough(own_uids) || !has_enough(own_gids))
    return needs_range(situation,
                       fmt::format("{} has no range of {} IDs in {}", called(owner), host::enough_ids,
                                   which_side(!has_enough(own_uids), !has_enough(own_gids))),
                       std::move(evidence));
  const auto& large = *find_enough(own_uids);
  return ready(fmt::format("{} has {} IDs from {}, and no other user has them", called(owner), large.count,
                           large.start),
               std::move(evidence));
}

/// Where they are on this host, and whether the subject has one.
Verdict judge_files(const Situation& situation) {
  const auto& facts = situation.facts;
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

Verdict judge(const Situation& situation) {
  const auto& facts = situation.facts;
  for (const auto& [name, capability] : {std::pair("newuidmap", cap_setuid), {"newgidmap", cap_setgid}}) {
    const auto verdict = judge_program(facts, name, capability);
    if (!verdict) continue;
    return verdict->status == Status::fixable ? also(*verdict, judge_files(situation)) : *verdict;
  }
  return judge_files(situation);
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
