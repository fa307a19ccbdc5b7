// TestState (AWS API reference). What it does is the engine's; here the request is read.
#include "api/operations/operation.h"
#include "api/protocol/arn_parser.h"
#include "api/protocol/members.h"
#include "base/payload.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

using core::FieldValidation;
using core::InspectionLevel;

InspectionLevel read_level(Members& members) {
  const auto level = members.one_of("inspectionLevel", {"INFO", "DEBUG", "TRACE"});
  if (level == "DEBUG") return InspectionLevel::Debug;
  return level == "TRACE" ? InspectionLevel::Trace : InspectionLevel::Info;
}

std::optional<run::TestState::Mock> read_mock(Members& members) {
  const Json* given = members.structure("mock");
  if (given == nullptr) return std::nullopt;
  Members reader(*given, "mock.", members);
  run::TestState::Mock mock;
  mock.result = reader.string("result", rules::kPayload);
  if (const Json* error = reader.structure("errorOutput")) {
    Members output(*error, "mock.errorOutput.", members);
    mock.error = core::Failure{output.string("error", rules::kError), output.string("cause", rules::kCause)};
  }
  const auto mode = reader.one_of("fieldValidationMode", {"STRICT", "PRESENT", "NONE"});
  if (mode == "PRESENT") mock.validation = FieldValidation::Present;
  if (mode == "NONE") mock.validation = FieldValidation::None;
  return mock;
}

std::optional<std::uint32_t> read_count(Members& members, const char* name) {
  const auto count = members.integer(name, 0, INT32_MAX);
  return count ? std::optional(static_cast<std::uint32_t>(*count)) : std::nullopt;
}

run::TestState::Configuration read_configuration(Members& members) {
  run::TestState::Configuration configuration;
  const Json* given = members.structure("stateConfiguration");
  if (given == nullptr) return configuration;
  Members reader(*given, "stateConfiguration.", members);
  configuration.retries = read_count(reader, "retrierRetryCount");
  configuration.error_caused_by = reader.string("errorCausedByState", rules::kStateName);
  configuration.iteration_failures = read_count(reader, "mapIterationFailureCount");
  configuration.item_reader_data = reader.string("mapItemReaderData", rules::kPayload);
  return configuration;
}

Checked<run::TestState> read(const Json& arguments) {
  Members members(arguments);
  run::TestState request;
  request.definition = members.required_string("definition", rules::kDefinition);
  request.role_arn = members.string("roleArn", rules::kArn);
  request.input = members.string("input", rules::kPayload).value_or("{}");
  request.level = read_level(members);
  request.reveal_secrets = members.boolean("revealSecrets").value_or(false);
  request.variables = members.string("variables", rules::kPayload);
  request.state_name = members.string("stateName", rules::kStateName);
  request.mock = read_mock(members);
  request.context = members.string("context", rules::kPayload);
  request.configuration = read_configuration(members);
  if (auto fault = members.fault()) return std::move(*fault);
  if (request.role_arn) {
    if (const auto fault = check_role_arn(*request.role_arn)) return *fault;
  }
  return request;
}

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  auto request = read(arguments);
  if (!request.has_value()) return answered(request.error());
  backend.gateway.test_state(
      std::move(*request),
      rendered<run::TestedState>(answered, [](const run::TestedState& tested) { return tested.answer.json(); }));
}

}  // namespace

extern const Operation test_state;
const Operation test_state{"TestState", run_it};

}  // namespace stepd::api
