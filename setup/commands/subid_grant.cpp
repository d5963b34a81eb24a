#include "commands/subid_grant.hpp"

#include <fmt/format.h>

#include <iostream>
#include <set>

#include "commands/changing.hpp"
#include "commands/operands.hpp"
#include "commands/subjects.hpp"
#include "fixes/grant_commands.hpp"
#include "fixes/ids_in_use.hpp"
#include "fixes/subordinate_ids.hpp"
#include "host/facts.hpp"
#include "posix/shell.hpp"
#include "posix/terminal.hpp"
#include "posix/text.hpp"

namespace kerneltour::commands {
namespace {

namespace po = boost::program_options;

using fixes::Grant;
using fixes::GrantPlan;
using fixes::SidePlan;

std::optional<std::uint64_t> number_of(const Arguments& arguments, const char* option) {
  if (arguments.count(option) == 0) return std::nullopt;
  const auto& text = arguments[option].as<std::string>();
  const auto number = posix::parse_number<std::uint32_t>(text);
  if (!number)
    throw UsageError(
        fmt::format("--{}: '{}' is no number from 0 to 4294967295", option, posix::printable(text)));
  return *number;
}

Grant parse(const Arguments& arguments) {
  const auto user = operand(arguments, "USER");
  if (!user) throw UsageError("subid grant needs the name of a user; see kerneltour subid grant --help");
  const auto subject = named_subject(*user);
  const Grant grant{subject.name, subject.uid, number_of(arguments, "count"), number_of(arguments, "start")};
  if (grant.count && *grant.count == 0) throw UsageError("--count: a range has one ID at least");
  return grant;
}

host::Facts read_ids() {
  auto facts = host::read_facts(host::Host::running(), {});
  refuse_unread_ids(facts);
  return facts;
}

/// All IDs are read when they are planned with; this is known before, without them.
std::vector<std::string> subordinate_services() {
  return host::subordinate_id_services(host::Host::running().read("/etc/nsswitch.conf").text);
}

/// What the plan does to one file, a line each.
std::string describe(const SidePlan& side, const Grant& grant) {
  std::string text;
  for (std::size_t i = 0; i < side.replaced.size(); ++i)
    text += fmt::format("  {}  take out {}\n", side.path, side.why_replaced[i]);
  if (side.kept)
    return text + fmt::format("  {}  stays as it is: {} IDs from {}\n", side.path, side.range.count,
                              side.range.start);
  return text +
         fmt::format("  {}  add      {}:{}:{}\n", side.path, grant.user, side.range.start, side.range.count);
}

std::string describe(const GrantPlan& plan, const Grant& grant, const host::Facts& facts) {
  auto text = fmt::format("To give user {} subordinate IDs:\n\n{}{}\nThe same, typed:\n", grant.user,
                          describe(plan.users, grant), describe(plan.groups, grant));
  for (const auto& command : commands_of(plan, grant, facts)) text += fmt::format("  {}\n", command);
  return text + "\n";
}

std::string nothing_to_do(const GrantPlan& plan, const Grant& grant) {
  return fmt::format("Nothing to do: user {} has {} user IDs from {} and {} group IDs from {}.\n", grant.user,
                     plan.users.range.count, plan.users.range.start, plan.groups.range.count,
                     plan.groups.range.start);
}

std::set<std::uint64_t> account_ids(const host::Facts& facts) {
  std::set<std::uint64_t> ids;
  for (const auto& user : facts.users) ids.insert(user.uid);
  for (const auto& group : facts.groups) ids.insert(group.gid);
  return ids;
}

/// A range that is of no use may still be in use, by others than the accounts that make it useless.
void refuse_ranges_in_use(const GrantPlan& plan, const host::Facts& facts) {
  const auto accounts = account_ids(facts);
  for (const auto* side : {&plan.users, &plan.groups}) {
    for (const auto& range : side->replaced) {
      if (const auto process = fixes::process_with({range.start, range.count}, accounts); !process.empty())
        throw std::runtime_error(fmt::format("{}: {}:{} has to go, and is in use by {}; nothing was changed",
                                             side->path, range.start, range.count, process));
    }
  }
}

/// What was written is read again, as everybody else reads it. Throws, with the host as before, where it is
/// not what was planned.
void look_again(fixes::Journal& journal, const fixes::Change& change, const Grant& grant) {
  std::string problem;
  try {
    const auto plan = plan_grant(read_ids(), grant);
    if (!plan.changes()) return;
    problem = "the files do not say what was written";
    for (const auto* side : {&plan.users, &plan.groups}) {
      if (!side->why_replaced.empty()) problem = fmt::format("{}: {}", side->path, side->why_replaced[0]);
    }
  } catch (const std::exception& error) {
    problem = error.what();
  }
  journal.take_back(change);
  throw std::runtime_error(
      fmt::format("the range that was granted is of no use, and was taken back: {}", problem));
}

/// The lock is held from reading the files to having read them again. What the person has agreed to is
/// `agreed`; without it any plan will do, and is told first where `tells` says so.
std::optional<fixes::Change> carry_out(fixes::Journal& journal, const Grant& grant,
                                       const std::optional<GrantPlan>& agreed, bool tells) {
  const auto lock = fixes::lock_of(fixes::subordinate_ids, say_waiting);
  const auto facts = read_ids();
  const auto plan = plan_grant(facts, grant);
  if (!plan.changes()) return std::nullopt;
  if (agreed && plan != *agreed)
    throw std::runtime_error(
        "somebody else has changed the files meanwhile; nothing was changed: type it again");
  if (tells) std::cout << describe(plan, grant, facts);
  refuse_ranges_in_use(plan, facts);
  const auto change = journal.make(change_of(plan, grant));
  look_again(journal, change, grant);
  return change;
}

void say_done(const std::optional<fixes::Change>& change, const Grant& grant) {
  if (!change) {
    std::cout << nothing_to_do(plan_grant(read_ids(), grant), grant);
    return;
  }
  std::cout << fmt::format("Done: {}.\nTo take it back: sudo kerneltour undo {}\n", change->summary,
                           change->number);
}

/// Whoever had the journal may have changed the files: they are read again.
int ask_and_carry_out(fixes::Journal& journal, const Grant& grant, const Arguments& arguments) {
  const auto facts = read_ids();
  const auto plan = plan_grant(facts, grant);
  if (!plan.changes()) {
    std::cout << nothing_to_do(plan, grant);
    return 0;
  }
  std::cout << describe(plan, grant, facts);
  if (!is_wanted(arguments, "Go on?")) return 1;
  say_done(carry_out(journal, grant, plan, false), grant);
  return 0;
}

int refuse_service(const std::string& service) {
  std::cerr << fmt::format(
      "kerneltour: this host takes subordinate IDs from the service \"{}\" (subid: in /etc/nsswitch.conf), "
      "not from "
      "/etc/subuid: grant them there; nothing was changed\n",
      posix::printable(service));
  return 3;
}

int plan_only(const Grant& grant, const host::Facts& facts) {
  const auto plan = plan_grant(facts, grant);
  note_unfinished();
  std::cout << (plan.changes()
                    ? describe(plan, grant, facts) + "Nothing was changed: that is what --dry-run means.\n"
                    : nothing_to_do(plan, grant));
  return 0;
}

}  // namespace

Options subid_grant_options() {
  const auto number = [] { return po::value<std::string>()->value_name("NUMBER"); };
  Options options;
  auto add = options.add_options();
  add("count", number(),
      "How many IDs on each side. Without it, what SUB_UID_COUNT and SUB_GID_COUNT in /etc/login.defs say, "
      "and 65536 "
      "at least.");
  add("start", number(), "The first of them. Without it, the first free range on both sides.");
  add_changing(options);
  return options;
}

int subid_grant(const Arguments& arguments) {
  const auto grant = parse(arguments);
  const bool dry_run = is_dry_run(arguments);
  if (!dry_run) need_root("subid grant " + posix::shell_quoted(grant.user));
  const auto services = subordinate_services();
  if (!services.empty()) return refuse_service(services[0]);
  if (dry_run) return plan_only(grant, read_ids());

  auto journal = open_journal();
  if (arguments.count("yes") != 0) {
    say_done(carry_out(journal, grant, std::nullopt, true), grant);
    return 0;
  }
  return ask_and_carry_out(journal, grant, arguments);
}

std::string grant_to(fixes::Journal& journal, const fixes::Grant& grant) {
  const auto change = carry_out(journal, grant, std::nullopt, false);
  return change ? change->summary : fmt::format("user {} has a range already", grant.user);
}

}  // namespace kerneltour::commands
