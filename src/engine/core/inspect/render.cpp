// A tested state in AWS's words. Which of the values on its way are shown depends on its type.
#include "engine/asl/grammar.h"
#include "engine/core/inspect/inspection.h"

#include <nlohmann/json.hpp>

namespace stepd::core {
namespace {

using Status = Inspected::Status;

const char* status_name(Status status) {
  switch (status) {
    case Status::Succeeded:
      return "SUCCEEDED";
    case Status::Failed:
      return "FAILED";
    case Status::Retriable:
      return "RETRIABLE";
    case Status::CaughtError:
      break;
  }
  return "CAUGHT_ERROR";
}

const char* step_name(Step step) {
  switch (step) {
    case Step::AfterInputPath:
      return "afterInputPath";
    case Step::AfterParameters:
      return "afterParameters";
    case Step::AfterArguments:
      return "afterArguments";
    case Step::AfterItemsPath:
      return "afterItemsPath";
    case Step::AfterItemSelector:
      return "afterItemSelector";
    case Step::MaxConcurrency:
      return "maxConcurrency";
    case Step::ToleratedFailureCount:
      return "toleratedFailureCount";
    case Step::ToleratedFailurePercentage:
      return "toleratedFailurePercentage";
    case Step::Result:
      return "result";
    case Step::AfterResultSelector:
      return "afterResultSelector";
    case Step::AfterResultPath:
      break;
  }
  return "afterResultPath";
}

/// AWS shows a Parallel's way from its result on, and no result where it is made of other states' outputs or input.
/// Of a JSONata Map it does not show the items.
bool is_shown(Step step, const asl::State& state, const Inspected& inspected) {
  const auto type = state.grammar->type;
  if (state.language == asl::QueryLanguage::Jsonata && step == Step::AfterItemsPath) return false;
  if (type == "Parallel") return step == Step::AfterResultSelector || step == Step::AfterResultPath;
  if (step != Step::Result) return true;
  return type == "Task" || (type == "Pass" && !inspected.steps.contains(Step::AfterParameters));
}

Json shown(Step step, const Payload& value) {
  if (step == Step::MaxConcurrency || step == Step::ToleratedFailureCount) return value.json();
  if (step == Step::ToleratedFailurePercentage) return value.value().number();
  return value.text();
}

Json inspection_data(const Inspected& inspected, const asl::State& state) {
  Json data{{"input", inspected.input.text()}};
  for (const auto& [step, value] : inspected.steps) {
    if (is_shown(step, state, inspected)) data[step_name(step)] = shown(step, value);
  }
  Json details = Json::object();
  if (inspected.catch_index) details["catchIndex"] = *inspected.catch_index;
  if (inspected.retry_index) details["retryIndex"] = *inspected.retry_index;
  if (inspected.backoff)
    details["retryBackoffIntervalSeconds"] = std::chrono::round<std::chrono::seconds>(*inspected.backoff).count();
  if (!details.empty()) data["errorDetails"] = std::move(details);
  if (!inspected.variables.empty()) {
    Json variables = Json::object();
    for (const auto& [name, value] : inspected.variables) variables[name] = value.json();
    data["variables"] = print_json(variables);
  }
  return data;
}

}  // namespace

Json render(const Inspected& inspected, const asl::State& state, InspectionLevel level) {
  Json answer{{"status", status_name(inspected.status)}};
  if (inspected.output) answer["output"] = inspected.output->text();
  if (inspected.failure.error) answer["error"] = *inspected.failure.error;
  if (inspected.failure.cause) answer["cause"] = *inspected.failure.cause;
  if (!inspected.next.empty()) answer["nextState"] = inspected.next;
  if (level != InspectionLevel::Info) answer["inspectionData"] = inspection_data(inspected, state);
  return answer;
}

}  // namespace stepd::core
