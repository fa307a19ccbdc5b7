// The reserved error names (ASL §Errors, AWS dev guide: Error handling), and errors that several places make.
#pragma once

#include "base/result.h"
#include "base/value/builder.h"

#include <string>
#include <string_view>

namespace stepd::asl::errors {

inline constexpr std::string_view kAll = "States.ALL";
inline constexpr std::string_view kBranchFailed = "States.BranchFailed";
inline constexpr std::string_view kDataLimitExceeded = "States.DataLimitExceeded";
inline constexpr std::string_view kExceedToleratedFailureThreshold = "States.ExceedToleratedFailureThreshold";
inline constexpr std::string_view kHeartbeatTimeout = "States.HeartbeatTimeout";
inline constexpr std::string_view kIntrinsicFailure = "States.IntrinsicFailure";
inline constexpr std::string_view kItemReaderFailed = "States.ItemReaderFailed";
inline constexpr std::string_view kParameterPathFailure = "States.ParameterPathFailure";
inline constexpr std::string_view kPermissions = "States.Permissions";
inline constexpr std::string_view kQueryEvaluationError = "States.QueryEvaluationError";
inline constexpr std::string_view kResultPathMatchFailure = "States.ResultPathMatchFailure";
inline constexpr std::string_view kResultWriterFailed = "States.ResultWriterFailed";
inline constexpr std::string_view kRuntime = "States.Runtime";
inline constexpr std::string_view kTaskFailed = "States.TaskFailed";
inline constexpr std::string_view kTimeout = "States.Timeout";

inline AslError runtime(std::string cause) { return {std::string(kRuntime), std::move(cause)}; }

/// The error of a state whose value exceeds a limit: States.DataLimitExceeded for the size (AWS dev guide: Error
/// names), States.Runtime for the other limits, for which AWS has no error name.
AslError of_limit(Limit limit);

}  // namespace stepd::asl::errors
