// StateTest: the request of TestState, and the checks that it must pass before anything is compiled or evaluated (AWS
// API reference: TestState).
//
// 1. The checks are made in a fixed order: members that exclude each other, the state, its type, the context object,
//    the mock, the input, the variables. A request with several faults therefore always gets the same error.
// 2. An error is named by the AWS exception, and its cause is AWS's message.
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

/// The members of the request. Texts of values are JSON, as they were sent.
struct StateTest {
  struct Mock {
    std::optional<std::string> result;
    std::optional<Failure> error;
    FieldValidation validation = FieldValidation::Strict;
  };
  /// AWS's TestStateConfiguration.
  struct Configuration {
    std::optional<std::uint32_t> retries;             ///< retrierRetryCount: made by the retrier that matches
    std::optional<std::string> error_caused_by;       ///< errorCausedByState: within the Map or Parallel
    std::optional<std::uint32_t> iteration_failures;  ///< mapIterationFailureCount
    std::optional<std::string> item_reader_data;      ///< mapItemReaderData
  };

  std::string definition;                 ///< of one state, or of a whole machine when `state_name` is given
  std::optional<std::string> state_name;  ///< the state may lie within a Map or Parallel
  std::optional<std::string> role_arn;
  std::string input = "{}";
  std::optional<std::string> variables;
  std::optional<std::string> context;
  std::optional<Mock> mock;
  Configuration configuration;
  InspectionLevel level = InspectionLevel::Info;
  bool reveal_secrets = false;  ///< checked only: there are no HTTP tasks, whose secrets it would show
};

/// A test that has passed the checks and can be run if its machine compiles.
struct StateTestPlan {
  std::string machine;  ///< text of a definition that contains the state
  std::string state;    ///< name
  Payload input;
  Assignments variables;
  std::optional<Payload> context;  ///< instead of the one that AWS makes up
  bool in_map = false;             ///< the state lies within a Map: it sees the input as the first item
  std::optional<Payload> mocked_result;
  std::optional<Failure> mocked_error;
  std::uint32_t retries = 0;
  std::optional<std::uint32_t> iteration_failures;
};

/// Checks the request. A definition that is not JSON passes: the compiler reports it.
Result<StateTestPlan> plan_state_test(const StateTest& test);

/// The name that AWS's messages give to the state of a definition of one state.
inline constexpr std::string_view kTestedStateName = "StateName";

/// AWS's message for the first fault of a context object that the request gives; none if there is no fault.
/// `has_token`: the state's context object has Task.Token.
std::optional<std::string> find_context_fault(const Json& context, bool has_token);

}  // namespace stepd::core
