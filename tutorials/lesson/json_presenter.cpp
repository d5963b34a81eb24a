#include <iostream>

#include <nlohmann/json.hpp>

#include "lesson/presenter.hpp"
#include "posix/error.hpp"

namespace kerneltour::lesson {
namespace {

using Json = nlohmann::ordered_json;

Json of_event(const Event& event) {
  Json json = {{"kind", name_of(event.kind)}, {"text", event.text}};
  if (!event.detail.empty()) json["detail"] = event.detail;
  if (event.kind == Event::Kind::call) {
    json["result"] = event.result;
    json["error"] = event.error == 0 ? Json(nullptr) : Json(posix::error_name(event.error));
    json["expected"] = event.expected == 0 ? Json(nullptr) : Json(posix::error_name(event.expected));
  }
  if (event.kind == Event::Kind::call || event.kind == Event::Kind::expectation) json["held"] = event.held;
  if (event.kind == Event::Kind::sample) json["milliseconds"] = event.time.count();
  for (const auto& row : event.rows) json["values"][row.label] = row.value;
  return json;
}

class JsonPresenter : public Presenter {
 public:
  void chapter_begins(const chapters::Chapter& chapter, const ChapterText&) override {
    json_ = {{"schema", 1}, {"chapter", chapter.id}, {"status", nullptr}, {"steps", Json::array()}};
  }
  void step_begins(const Section& section, std::size_t, std::size_t) override {
    json_["steps"].push_back({{"id", section.id}, {"status", nullptr}, {"events", Json::array()}});
  }
  void source(const SourceLines&) override {}
  void event(const Event& event) override { json_["steps"].back()["events"].push_back(of_event(event)); }
  void step_ends(const Section&, StepStatus status) override {
    json_["steps"].back()["status"] = name_of(status);
  }
  void explanation(std::string_view text) override { json_["explanation"] = text; }
  void chapter_ends(StepStatus status) override {
    json_["status"] = name_of(status);
    std::cout << json_.dump(2, ' ', false, Json::error_handler_t::replace) << '\n' << std::flush;
  }

 private:
  Json json_;
};

}  // namespace

std::unique_ptr<Presenter> json_presenter() { return std::make_unique<JsonPresenter>(); }

}  // namespace kerneltour::lesson
