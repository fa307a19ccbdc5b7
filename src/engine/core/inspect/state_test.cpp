#include "engine/core/inspect/state_test.h"

#include "engine/asl/json_fault.h"
#include "engine/core/inspect/tested_definition.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::core {
namespace {

AslError invalid(std::string message) { return {"ValidationException", std::move(message)}; }

std::optional<std::string> unmocked(const char* what) {
  return std::string("TestState does not support ") + what + " when a mock is not specified.";
}

/// Which members go together.
std::optional<std::string> find_conflict(const StateTest& test) {
  const auto& configuration = test.configuration;
  if (test.mock) {
    if (test.mock->result.has_value() == test.mock->error.has_value())
      return "A test mock should have only one of the following fields: [result, errorOutput].";
    if (test.reveal_secrets) return "TestState does not support RevealSecrets when a mock is specified.";
    return std::nullopt;
  }
  if (configuration.iteration_failures) return unmocked("MapIterationFailureCount");
  if (configuration.retries) return unmocked("RetrierRetryCount");
  if (configuration.error_caused_by) return unmocked("ErrorCausedByState");
  if (configuration.item_reader_data) return unmocked("MapItemReaderData");
  if (test.context) return unmocked("Context");
  return std::nullopt;
}

bool has_token(const TestedDefinition& definition) {
  return definition.resource() && definition.resource()->pattern != asl::Resource::Pattern::RequestResponse;
}

/// What may be tested without a mock, and what with one (AWS API reference: TestState).
std::optional<AslError> check_type(const TestedDefinition& definition, const StateTest& test) {
  const auto& type = definition.type();
  const bool joins = type == "Map" || type == "Parallel";
  if (test.mock) {
    static constexpr std::string_view kUnmockable[] = {"Pass", "Wait", "Choice", "Succeed", "Fail"};
    if (std::find(std::begin(kUnmockable), std::end(kUnmockable), type) == std::end(kUnmockable)) return std::nullopt;
    return invalid("State type '" + type + "' is not supported when a mock is specified");
  }
  if (joins) {
    return AslError{"InvalidDefinition",
                    "TestState API does not support Map or Parallel states. Supported state types include: [Task, "
                    "Wait, Pass, Succeed, Fail, Choice]"};
  }
  const auto& resource = definition.resource();
  if (!resource) return std::nullopt;
  if (resource->kind == asl::Resource::Kind::Activity)
    return AslError{"InvalidDefinition", "TestState API does not support Activity tasks when a mock is not specified."};
  if (resource->pattern != asl::Resource::Pattern::RequestResponse) {
    return AslError{"InvalidDefinition",
                    "TestState API does not support the .sync and .waitForTaskToken service integration patterns when "
                    "a mock is not specified."};
  }
  if (!test.role_arn) return invalid("RoleArn must be specified when testing a Task state");
  return std::nullopt;
}

Result<Json> object_of(const std::string& text, const std::string& preamble) {
  auto json = parse_json(text);
  if (!json) return invalid(preamble + json.error().cause);
  if (!json->is_object()) return invalid(preamble + "must be a JSON object");
  return json;
}

Result<Payload> mocked_result(const StateTest& test, const TestedDefinition& definition) {
  auto result = Payload::parse(*test.mock->result);
  if (!result) return invalid("Mocked result must be valid JSON");
  const Json value = result->json();
  if (definition.has_result_writer() && definition.type() == "Map") {
    if (!value.is_object()) return invalid("Mocked result must be a JSON object.");
  } else if (definition.type() == "Map" || definition.type() == "Parallel") {
    if (!value.is_array()) return invalid("Mocked result must be an array.");
  }
  if (definition.type() == "Parallel" && value.size() != definition.branches())
    return invalid("Mocked result must contain the same number of items as number of Parallel branches.");
  const auto& failures = test.configuration.iteration_failures;
  if (failures && value.is_array() && *failures > value.size())
    return invalid("Map iteration failure count must be less than or equal to the number of Map iterations");
  const auto shape = definition.resource() ? find_result_shape(*definition.resource()) : nullptr;
  if (!shape) return result;
  if (const auto fault = find_fault(value, *shape, test.mock->validation))
    return invalid("Mock result schema validation error: " + *fault);
  return result;
}

std::optional<AslError> plan_mock(const StateTest& test, const TestedDefinition& definition, StateTestPlan& plan) {
  if (test.context) {
    const std::string preamble = "Invalid Context object provided: ";
    auto context = object_of(*test.context, preamble);
    if (!context) return context.error();
    if (const auto fault = find_context_fault(*context, has_token(definition))) return invalid(preamble + *fault);
    plan.context = Payload::trusted(*test.context);
  }
  if (!test.mock) return std::nullopt;
  plan.mocked_error = test.mock->error;
  plan.retries = test.configuration.retries.value_or(0);
  plan.iteration_failures = test.configuration.iteration_failures;
  if (!test.mock->result) return std::nullopt;
  auto result = mocked_result(test, definition);
  if (!result) return result.error();
  plan.mocked_result = *std::move(result);
  return std::nullopt;
}

}  // namespace

Result<StateTestPlan> plan_state_test(const StateTest& test) {
  if (auto conflict = find_conflict(test)) return invalid(*std::move(conflict));
  STEPD_TRY(auto definition, TestedDefinition::look_at(test.definition, test.state_name));
  if (auto fault = check_type(definition, test)) return *std::move(fault);
  StateTestPlan plan;
  if (auto fault = plan_mock(test, definition, plan)) return *std::move(fault);
  if (const auto& field = definition.untestable_field(); !field.empty())
    return AslError{"InvalidDefinition", "TestState API does not support Map states with " + field + " yet."};
  auto input = Payload::parse(test.input);
  if (!input) {
    return AslError{"InvalidExecutionInput", asl::execution_input_fault(test.input, input.error().cause)};
  }
  plan.input = *std::move(input);
  if (test.variables) {
    STEPD_TRY(auto variables, object_of(*test.variables, "Invalid Variables provided: "));
    for (auto& [name, value] : variables.items()) plan.variables.emplace_back(name, Payload(value));
  }
  plan.in_map = definition.is_in_map();
  plan.machine = definition.machine();
  plan.state = definition.state_name();
  return plan;
}

}  // namespace stepd::core
