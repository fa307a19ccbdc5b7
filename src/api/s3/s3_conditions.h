// Conditional requests as S3 has them. They differ from RFC 9110's (routes/preconditions.h): ETags may come without
// quotes, a write takes only If-Match with a tag or If-None-Match with `*`, and If-Match on an absent key is 404.
#pragma once

#include "api/s3/wire_call.h"
#include "base/objects.h"

#include <optional>
#include <string>
#include <string_view>

namespace stepd::api::s3 {

/// Which fields hold the conditions: those of a request, or those of a copy's source.
struct ConditionFields {
  std::string_view match = "If-Match";
  std::string_view none_match = "If-None-Match";
  std::string_view modified_since = "If-Modified-Since";
  std::string_view unmodified_since = "If-Unmodified-Since";
};
inline constexpr ConditionFields kSourceConditions{"x-amz-copy-source-If-Match", "x-amz-copy-source-If-None-Match",
                                                   "x-amz-copy-source-If-Modified-Since",
                                                   "x-amz-copy-source-If-Unmodified-Since"};

enum class ReadVerdict : std::uint8_t { Go, NotModified };
/// `PreconditionFailed` with the condition that does not hold. `now`: a date in the future counts as none.
S3Result<ReadVerdict> check_read(const S3Call& call, const ObjectStat& present, Instant now,
                                 const ConditionFields& fields = {});

/// The condition of PutObject, CopyObject and CompleteMultipartUpload, to be asked together with the write; empty:
/// none. `NotImplemented` for those that S3 does not take.
S3Result<ObjectCondition> write_condition(const S3Call& call);
/// The condition of DeleteObject; may be empty.
S3Result<ObjectCondition> delete_condition(const S3Call& call);
/// What an absent object means to it: 404 for a write; for a deletion there is nothing left to do.
enum class Absent : std::uint8_t { Fails, Holds };
ObjectCondition etag_condition(std::string etag, Absent absent);

/// What the store answers where a condition refuses a write: which one, for the client.
S3Error condition_error(const S3Call& call, const AslError& error);

/// Whether an ETag is among those of a field: `*`, or a list with or without quotes.
bool lists_etag(std::string_view field, std::string_view etag);

}  // namespace stepd::api::s3
