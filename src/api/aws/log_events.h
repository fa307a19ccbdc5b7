// The lines of log groups as events of CloudWatch Logs, and the tokens that lead from one page to the next.
#pragma once

#include "api/aws/aws_doors.h"
#include "api/operations/operation.h"
#include "api/protocol/api_error.h"
#include "api/protocol/members.h"
#include "base/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stepd::api::logs {

/// What one request reads of a group at most; then it answers a token.
inline constexpr std::uint64_t kScanBytes = std::uint64_t{32} << 20;
/// Of the messages of one page, about.
inline constexpr std::size_t kPageBytes = 1'048'576;
inline constexpr std::int64_t kEventsMax = 10'000;

struct LogEvent {
  std::int64_t timestamp = 0;  ///< milliseconds since 1970
  std::string stream;
  std::string message;   ///< empty with `is_mark`
  bool is_mark = false;  ///< says that the stream is there, and nothing else
};

/// A line that is `{"timestamp", "logStreamName", "message"}` is an event of that stream, without `message` its mark.
/// A line of an execution's history is one of `states/MACHINE/DATE`, and any other line one of `lines`, without a time.
LogEvent event_of(const std::string& line);
/// The line of an event.
std::string line_of(const LogEvent& event);

/// `f/...`, `b/...`: on from a place, or before it.
std::string token_of(char kind, const LogPosition& position);
/// InvalidParameterException for a text that token_of() does not make, and for another kind if `kinds` has it not.
Checked<std::pair<char, LogPosition>> read_token(const std::string& token, std::string_view kinds);

/// The group that `logGroupName` or `logGroupIdentifier` names; ResourceNotFoundException if it is not there.
Checked<std::string> read_group(Members& members, const AwsDoors& doors);
/// The name for a group or stream that is made.
std::string read_new_name(Members& members, const char* name);
/// As CloudWatch Logs names constraints that are broken.
std::optional<ApiError> fault_of(const Members& members);

ApiError invalid_parameter(std::string message);
ApiError no_such(const char* what);

/// Whether the newest kScanBytes of the group have an event or a mark of the stream.
bool has_stream(const AwsDoors& doors, const std::string& group, const std::string& stream);

}  // namespace stepd::api::logs
