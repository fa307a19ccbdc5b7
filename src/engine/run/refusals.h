// The refusals that several places of the engine give, with AWS's words.
#pragma once

#include "engine/run/gateway.h"

namespace stepd::run {

inline Refusal refuse(RefusalCode code, std::string message) { return {code, std::move(message)}; }

inline Refusal unavailable() {
  return {RefusalCode::ServiceUnavailable, "The store takes no writes at present. Please try again later."};
}

inline Refusal unreadable() {
  return {RefusalCode::ServiceUnavailable, "The store cannot be read at present. Please try again later."};
}

/// Of a process that was asked to end, or has to.
inline Refusal ending() {
  return {RefusalCode::ServiceUnavailable, "This process is ending. Please try again when it runs again."};
}

/// What the caller of an EXPRESS execution hears that has not ended when the process does.
inline Refusal cut_short() {
  return {RefusalCode::ServiceUnavailable,
          "The process ends before this execution does, and an EXPRESS execution is not carried on. Please start it "
          "again when it runs again."};
}

inline std::string no_such_state_machine(const std::string& arn) {
  return "State Machine Does Not Exist: '" + arn + "'";
}

inline Refusal state_machine_deleting(const std::string& arn) {
  return {RefusalCode::StateMachineDeleting, "State Machine Deleting: '" + arn + "'"};
}

inline Refusal no_such_execution(const std::string& arn) {
  return {RefusalCode::ExecutionDoesNotExist, "Execution Does Not Exist: '" + arn + "'"};
}

inline Refusal no_such_activity(const std::string& arn) {
  return {RefusalCode::ActivityDoesNotExist, "Activity Does Not Exist: '" + arn + "'"};
}

inline Refusal invalid_token() { return {RefusalCode::InvalidToken, "Invalid Token: 'Invalid token'"}; }

inline Refusal invalid_output(const std::string& why) {
  return {RefusalCode::InvalidOutput, "Invalid Output: '" + why + "'"};
}

/// Of an execution that is not, or no longer, known.
inline Refusal no_such_task(const std::string& execution_arn) {
  return {RefusalCode::TaskDoesNotExist, "Task Does Not Exist: 'No task of " + execution_arn + " is known'"};
}

inline Refusal task_timed_out() {
  return {RefusalCode::TaskTimedOut, "Task Timed Out: 'Provided task does not exist anymore'"};
}

/// `reason`: why_not_redrivable().
inline Refusal not_redrivable(std::string reason) { return {RefusalCode::ExecutionNotRedrivable, std::move(reason)}; }

inline Refusal too_many_executions() {
  return {RefusalCode::ExecutionLimitExceeded, "The maximum number of running executions has been reached."};
}

/// AWS API reference, Common Errors.
inline Refusal throttled() {
  return {RefusalCode::ThrottlingException, "Rate exceeded: too many EXPRESS executions run at once."};
}

/// What AWS answers beyond the rate of a quota.
inline Refusal rate_exceeded() { return {RefusalCode::ThrottlingException, "Rate exceeded"}; }

inline Refusal too_deep(std::uint32_t depth, std::uint32_t depth_max) {
  return {RefusalCode::ExecutionLimitExceeded,
          "This execution would be number " + std::to_string(depth) +
              " in a row of executions that start each other. At most " + std::to_string(depth_max) +
              " are allowed (limits.execution_depth).",
          "", true};
}

/// `echoes` as in Lineage.
inline Refusal feeds_itself(std::uint32_t echoes_max) {
  return {
      RefusalCode::ExecutionLimitExceeded,
      "What this event tells of has come of " + std::to_string(echoes_max) +
          " executions or calls of functions in a row, of which each was started by an object, a message, a call or "
          "the "
          "status of the one before. No more are allowed (limits.event_depth): a rule, a notification, a subscription "
          "or a function feeds itself.",
      "", true};
}

inline Refusal paused() {
  return {RefusalCode::ServiceUnavailable,
          "stepd serves paused: nothing runs, and nothing can be started. Start it without --paused for that."};
}

inline Refusal type_not_supported() {
  return {RefusalCode::StateMachineTypeNotSupported, "This operation is not supported by this type of state machine"};
}

inline Refusal execution_already_exists(const std::string& arn) {
  return {RefusalCode::ExecutionAlreadyExists, "Execution Already Exists: '" + arn + "'"};
}

}  // namespace stepd::run
