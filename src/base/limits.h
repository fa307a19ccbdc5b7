// The limits of the engine as named constants. Where AWS has a quota, the constant is its default value (AWS dev guide:
// Step Functions service quotas).
#pragma once

#include <cstddef>
#include <cstdint>

namespace stepd::limits {

inline constexpr std::size_t kDefinitionBytes = 1'048'576;
inline constexpr std::size_t kRequestBytes = 1'048'576;
inline constexpr std::size_t kPayloadBytes = 262'144;          // input, output and result of a state, UTF-8
inline constexpr std::uint32_t kEvaluationBytes = 16'777'216;  // of each value on the way to a payload
inline constexpr std::uint32_t kHistoryEvents = 25'000;        // per STANDARD execution
inline constexpr std::int64_t kExpressSeconds = 300;           // from an EXPRESS execution's start to its end
inline constexpr std::size_t kStateNameChars = 80;
inline constexpr std::size_t kNameChars = 80;  // state machines, executions, activities
inline constexpr std::size_t kErrorChars = 256;
inline constexpr std::size_t kCauseChars = 32'768;
inline constexpr std::size_t kVariableNameChars = 80;
inline constexpr std::size_t kVariableBytes = 262'144;      // one variable, and one Assign in sum
inline constexpr std::size_t kVariablesBytes = 10'485'760;  // one execution
inline constexpr std::uint32_t kInlineMapConcurrency = 40;
inline constexpr std::int64_t kTaskTimeoutSeconds = 99'999'999;
inline constexpr std::size_t kExpressExecutions = 1'000;           // EXPRESS ones at once
inline constexpr std::size_t kExpressExecutionBytes = 67'108'864;  // of their inputs together
inline constexpr std::size_t kOpenExecutions = 1'000'000;          // at once
inline constexpr std::size_t kRestingExecutions = 128;             // that wait with their state in memory
inline constexpr std::uint32_t kExecutionDepth = 10'000;           // of executions that start each other
inline constexpr std::size_t kHistoryPageBytes = 1'048'576;        // of the texts of one page, about
inline constexpr std::size_t kWaitingTasks = 1'000'000;            // for a handler, in each lane
inline constexpr std::size_t kVersions = 1'000;                    // of a state machine, at once
inline constexpr std::size_t kAliases = 100;                       // of a state machine
inline constexpr std::size_t kTags = 50;                           // of a resource
inline constexpr std::size_t kActivityPollers = 1'000;             // that wait for a task of one activity
inline constexpr std::int64_t kActivityPollSeconds = 60;           // how long each waits
inline constexpr std::size_t kPageDefault = 100;
inline constexpr std::size_t kPageMax = 1'000;
inline constexpr std::size_t kObjectKeyBytes = 1'024;       // as on S3
inline constexpr std::size_t kObjectMetadataBytes = 2'048;  // names and values, as on S3
inline constexpr int kJsonDepth = 1'000;                    // levels of nesting that any parser here follows

}  // namespace stepd::limits
