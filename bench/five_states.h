// The workflows that executions are measured with: five states, of which none, one or each is a task of the least work
// there is. `work` runs in the pool, as handlers of objects, items and pictures do; `compute` in the turn, as key.parts
// does.
#pragma once

#include "tasks/handler.h"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace stepd::bench {

inline constexpr auto kFiveStates = R"({"StartAt":"Prepare","States":{
  "Prepare":{"Type":"Pass","Parameters":{"key.$":"$.key","size":{"width":640}},"Next":"Check"},
  "Check":{"Type":"Choice","Choices":[{"Variable":"$.key","StringMatches":"*.jpg","Next":"Work"}],"Default":"Refuse"},
  "Work":{"Type":"Task","Resource":"work","ResultPath":"$.work","Next":"Shape"},
  "Shape":{"Type":"Pass","Parameters":{"key.$":"$.key","etag.$":"$.work.etag"},"Next":"Done"},
  "Done":{"Type":"Succeed"},
  "Refuse":{"Type":"Fail"}}})";

inline constexpr auto kFivePasses = R"({"StartAt":"A","States":{
  "A":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","Next":"C"},"C":{"Type":"Pass","Next":"D"},
  "D":{"Type":"Pass","Next":"E"},"E":{"Type":"Pass","End":true}}})";

inline constexpr auto kFiveTasks = R"({"StartAt":"A","States":{
  "A":{"Type":"Task","Resource":"work","Next":"B"},"B":{"Type":"Task","Resource":"work","Next":"C"},
  "C":{"Type":"Task","Resource":"work","Next":"D"},"D":{"Type":"Task","Resource":"work","Next":"E"},
  "E":{"Type":"Task","Resource":"work","End":true}}})";

/// `definition` with the function `compute` in place of `work`.
inline std::string computed(std::string definition) {
  constexpr std::string_view kWork = "\"work\",\"";
  for (auto at = definition.find(kWork); at != std::string::npos; at = definition.find(kWork, at + 1))
    definition.replace(at, 6, "\"compute\"");
  return definition;
}

/// The functions `work` and `compute`.
class FiveStatesWork final : public tasks::Handler {
 public:
  explicit FiveStatesWork(bool computes = false) : computes_(computes) {}
  bool only_computes() const override { return computes_; }
  Result<Json> invoke(const tasks::Invocation&) override { return Json{{"etag", "d41d8cd98f00b204e9800998ecf8427e"}}; }

 private:
  bool computes_;
};

inline constexpr auto kFiveStatesInput = R"({"key":"photo.jpg"})";

}  // namespace stepd::bench
