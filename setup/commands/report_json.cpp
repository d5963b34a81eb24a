#include <nlohmann/json.hpp>

#include "commands/report.hpp"

namespace kerneltour::commands {
namespace {

// Keys in the order in which a person reads them.
using Json = nlohmann::ordered_json;

Json text_or_null(std::string_view text) { return text.empty() ? Json(nullptr) : Json(text); }

Json of_host(const host::Facts& facts) {
  return {{"release", text_or_null(facts.release ? facts.release->text : "")},
          {"distribution", text_or_null(facts.os.id)},
          {"version", text_or_null(facts.os.version)},
          {"architecture", text_or_null(facts.architecture)},
          {"live", facts.live}};
}

Json of_fix(const features::Fix& fix) {
  return {{"id", fix.id},
          {"summary", fix.summary},
          {"commands", fix.commands},
          {"root", fix.root},
          {"reboot", fix.reboot}};
}

Json of_feature(const Judged& judged) {
  const auto& [feature, verdict] = judged;
  Json evidence = Json::array();
  for (const auto& [source, says] : verdict.evidence)
    evidence.push_back({{"source", source}, {"says", says}});
  Json fixes = Json::array();
  for (const auto& fix : verdict.fixes) fixes.push_back(of_fix(fix));
  return {{"id", feature->id},
          {"title", feature->title},
          {"status", name_of(verdict.status)},
          {"layer", verdict.layer ? Json(name_of(*verdict.layer)) : Json(nullptr)},
          {"reason", verdict.reason},
          {"since", text_or_null(feature->since)},
          {"evidence", std::move(evidence)},
          {"fixes", std::move(fixes)}};
}

Json of_chapter(const ChapterReadiness& readiness) {
  return {{"number", readiness.chapter->number},
          {"id", readiness.chapter->id},
          {"status", name_of(readiness.status)},
          {"blocked_by", readiness.blocked_by}};
}

}  // namespace

std::string as_json(const Report& report) {
  Json json = {{"schema", 1},
               {"host", of_host(report.facts)},
               {"features", Json::array()},
               {"chapters", Json::array()}};
  for (const auto& judged : report.features) json["features"].push_back(of_feature(judged));
  for (const auto& readiness : report.chapters) json["chapters"].push_back(of_chapter(readiness));
  // What files of the host say may be no UTF-8.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace kerneltour::commands
