// What the head of a PUT says about the object that its body is meant to become: how the body is framed, what it has to
// match, and what only S3 itself would understand. A request that means anything else than "these bytes are the object"
// is refused before its body is read.
#pragma once

#include "api/aws_chunked.h"
#include "api/http.h"
#include "api/routes/body_checksums.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace stepd::api {

/// 501 for a request that is S3's and asks for more than the object itself: sub-resources such as `?tagging`,
/// `?uploadId`, and header fields such as x-amz-copy-source. `None` for a request that means the object.
std::optional<Response> refuse_s3_extras(const Request& request);

/// Turns the bytes of a body into those of the object, and says in the end whether they are what was announced.
class UploadBody {
 public:
  /// Error as Response: 400, 411, 413, 415 or 501.
  static std::variant<UploadBody, Response> of(const Request& request, std::uint64_t bytes_max);

  /// Hands the object's bytes to `sink`. A fault of the body is answered; an error of the sink is its own.
  struct Fault {
    std::optional<Response> answer;
    std::optional<AslError> of_sink;
  };
  std::optional<Fault> take(std::string_view piece, const AwsChunked::Sink& sink);
  std::optional<Response> finish();

 private:
  std::unique_ptr<AwsChunked> framing_;  ///< null: the body is the object
  std::uint64_t announced_ = 0;          ///< x-amz-decoded-content-length, where there is a framing
  std::unique_ptr<ChecksumList> checksums_ = std::make_unique<ChecksumList>();
  std::string trailer_;  ///< the field that x-amz-trailer names; empty: none
};

}  // namespace stepd::api
