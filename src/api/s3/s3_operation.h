// What an operation of S3 is: how its requests are told from others', and how it answers. The list is in
// operations/registry.cpp.
#pragma once

#include "api/s3/s3_body.h"
#include "api/s3/s3_error.h"
#include "api/s3/wire_call.h"
#include "base/clock.h"
#include "base/objects.h"
#include "base/uploads.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace stepd::api {
struct AwsDoors;  // aws/aws_doors.h
}

namespace stepd::api::s3 {

/// What operations stand on. It outlives every request.
struct S3Context {
  ObjectStore& objects;
  UploadStore* uploads;  ///< null: none can be begun
  const Clock& clock;
  std::string region;
  std::string account;
  std::string owner;  ///< the canonical ID that owns everything
  std::uint64_t object_bytes_max;
  const AwsDoors& doors;
};

/// A body that is taken in pieces. The call and the context outlive it.
class S3Sink {
 public:
  virtual ~S3Sink() = default;
  virtual S3Result<void> write(std::string_view piece) = 0;
  virtual S3Result<Response> finish() = 0;
};

using S3Opened = std::variant<std::unique_ptr<S3Sink>, Response>;

struct S3Operation {
  std::string_view name;
  std::string_view method;
  Level level;
  /// A query parameter that its requests have; empty: none. Operations with one come before those without.
  std::string_view parameter;
  std::string_view field;  ///< likewise a header field
  /// Thread: a worker; may block. Without a body in the request the answer comes at once.
  S3Result<S3Opened> (*open)(const S3Call& call, const S3Context& context);
};

std::span<const S3Operation* const> s3_operations();
/// What S3 answers about settings that nobody has made, as none can be made here.
std::span<const S3Operation> unconfigured_operations();

/// The operation that a request means; `MethodNotAllowed` or `NotImplemented` where there is none.
S3Result<const S3Operation*> find_operation(const S3Call& call);

/// The form of an operation that takes no body: one that comes is read and dropped.
template <S3Result<Response> (*run)(const S3Call&, const S3Context&)>
S3Result<S3Opened> without_body(const S3Call& call, const S3Context& context) {
  STEPD_TRY(Response response, run(call, context));
  return S3Opened(std::move(response));
}

/// A body that is read whole, at most `bytes_max`, with its checksums verified, before `run` gets it.
/// `MaxMessageLengthExceeded` beyond that.
S3Result<S3Opened> take_whole_body(const S3Call& call, const S3Context& context, std::size_t bytes_max,
                                   S3Result<Response> (*run)(const S3Call&, const S3Context&, const std::string& body),
                                   ChecksumOf checksum_of = ChecksumOf::Body);

/// 200 and an XML document.
Response xml_response(std::string document);

}  // namespace stepd::api::s3
