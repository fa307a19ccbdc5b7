// What TestState is asked, and the checks it must pass before anything is evaluated (AWS API reference: TestState).
// Nothing is compiled or evaluated here.
#pragma once

#include "base/payload.h"
#include "base/result.h"
#include "engine/asl/resource.h"
#include "engine/core/event.h"
#include "engine/core/inspect/result_shape.h"

#include <cstdint>
#include <optional>
#include <string>

namespace stepd::core {

enum class InspectionLevel : unsigned char { Info, Debug, Trace };

/// Texts are JSON, as they were sent.
struct StateTest {
  struct Mock {
    std::optional<std::string> result;
    std::optional<Failure> error;
    FieldValidation validation = FieldValidation::Strict;
  };
  /// AWS's TestStateConfiguration.
  struct Configuration {
    std::optional<std::uint32_t> retries;             ///< made so far by the retrier that takes the mocked error
    std::optional<std::string> error_caused_by;       ///< a state within the Map or Parallel
    std::optional<std::uint32_t> iteration_failures;  ///< of a Map
    std::optional<std::string> item_reader_data;
  };

  std::string definition;                 ///< of one state, or of a whole machine when `state_name` is given
  std::optional<std::string> state_name;  ///< which may lie within a Map or Parallel
  std::optional<std::string> role_arn;
  std::string input = "{}";
  std::optional<std::string> variables;
  std::optional<std::string> context;
  std::optional<Mock> mock;
  Configuration configuration;
  InspectionLevel level = InspectionLevel::Info;
  bool reveal_secrets = false;  ///< nothing here shows any: there are no HTTP tasks
};

/// A test that may be run once its machine compiles.
struct StateTestPlan {
  std::string machine;  ///< text of a definition that has the state
  std::string state;
  Payload input;
  Assignments variables;
  std::optional<Payload> context;
  std::optional<Payload> mocked_result;
  std::optional<Failure> mocked_error;
  std::uint32_t retries = 0;
  std::optional<std::uint32_t> iteration_failures;
};

/// The error's name is that of the AWS exception, its cause the message. A `machine` that is no JSON is left to the
/// compiler to complain of.
Result<StateTestPlan> plan_state_test(const StateTest& test);

/// What a definition of one state is called by, as in AWS's messages.
inline constexpr std::string_view kTestedStateName = "StateName";

/// AWS's words for what is wrong with a context object that stands in for the real one.
std::optional<std::string> find_context_fault(const Json& context, bool has_token);

}  // namespace stepd::core
