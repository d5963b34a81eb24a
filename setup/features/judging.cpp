#include "features/judging.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>

#include "features/catalogue.hpp"
#include "features/evidence.hpp"
#include "posix/text.hpp"

namespace kerneltour::features {
namespace {

/// Each probe once, though several features ask for it.
std::vector<probes::Id> wanted_probes(const std::vector<const Feature*>& features) {
  std::vector<probes::Id> ids;
  for (const auto* feature : features) ids.insert(ids.end(), feature->probes.begin(), feature->probes.end());
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

/// What a host says may be long, and is shown: a kernel's command line of 4 KB.
void shorten(EvidenceList& evidence) {
  constexpr std::size_t longest = 200;
  for (auto& [source, says] : evidence) {
    if (says.size() > longest) says = std::string(posix::beginning(says, longest)) + "...";
  }
}

std::vector<Judged> judge_each(const std::vector<const Feature*>& features, const host::Facts& facts,
                               const probes::Answers& answers, const Subjects& subjects) {
  const Situation situation{facts, answers, subjects.ordinary, subjects.owner};
  std::vector<Judged> judged;
  for (const auto* feature : features) judged.push_back({feature, feature->judge(situation)});
  for (auto& [feature, verdict] : judged) shorten(verdict.evidence);
  return judged;
}

}  // namespace

Subjects caller() {
  const uid_t uid = ::getuid();
  const passwd* entry = ::getpwuid(uid);
  const Subject subject{entry ? entry->pw_name : std::to_string(uid), uid};
  return {subject, ::getgid(), subject};
}

Judgement judge_running(const std::vector<const Feature*>& features, const Subjects& subjects) {
  const auto ids = wanted_probes(features);
  probes::Asking asking(ids, {subjects.ordinary.uid, subjects.ordinary_gid});
  Judgement judgement;
  judgement.facts = host::read_facts(host::Host::running(), programs());
  judgement.features = judge_each(features, judgement.facts, asking.collect(), subjects);
  return judgement;
}

std::vector<Judged> judge_facts(const std::vector<const Feature*>& features, const host::Facts& facts,
                                const Subjects& subjects) {
  return judge_each(features, facts, {}, subjects);
}

}  // namespace kerneltour::features
