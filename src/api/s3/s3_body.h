// The body of a request to S3: its framing, and the checksums that it has to match. A value that cannot be checked is
// refused, never passed over.
#pragma once

#include "api/aws_chunked.h"
#include "api/routes/body_checksums.h"
#include "api/s3/wire_call.h"
#include "base/digest.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace stepd::api::s3 {

/// Whether `name` is an algorithm that is served: `crc32`, `crc32c`, `crc64nvme`, `sha1`, `sha256`.
bool is_checksum(std::string_view name);
/// `CRC32` as S3 writes names in messages and documents; the inverse is to_lower().
std::string upper_name(std::string_view algorithm);
/// The algorithm of a field such as x-amz-checksum-algorithm, in lower case, empty if there is no such field;
/// `InvalidRequest` for one that is not served.
S3Result<std::string> algorithm_of(const S3Call& call, std::string_view field);

/// What the request's x-amz-checksum-* is of: its body, or the object that CompleteMultipartUpload makes.
enum class ChecksumOf : std::uint8_t { Body, Object };

class S3Body {
 public:
  /// `EntityTooLarge` for a body of more than `bytes_max`.
  static S3Result<S3Body> of(const S3Call& call, std::uint64_t bytes_max, ChecksumOf checksum_of = ChecksumOf::Body);

  /// Has a checksum computed that the client did not send, perhaps. Before the first piece.
  void compute(const std::string& algorithm);

  using Sink = std::function<Result<void>(std::string_view data)>;
  S3Result<void> take(std::string_view piece, const Sink& sink);
  /// Checks that the body was whole and what was announced.
  S3Result<void> finish();

  std::uint64_t size_bytes() const { return size_; }
  /// The algorithm that the client sends a value of; empty: none.
  const std::string& given_algorithm() const { return algorithm_; }
  /// Base64, after finish(): of the client's algorithm or of the one that compute() named. Empty for another.
  std::string value_of(const std::string& algorithm) const;

 private:
  S3Result<void> expect_checksum(const S3Call& call);
  S3Result<void> expect_framing(const S3Call& call, std::uint64_t bytes_max);
  S3Result<void> check_framing();
  S3Result<void> check_digests();

  std::uint64_t size_ = 0;
  std::uint64_t bytes_max_ = 0;
  std::unique_ptr<AwsChunked> framing_;  ///< null: the body is the object
  std::uint64_t announced_ = 0;          ///< x-amz-decoded-content-length, where there is a framing
  std::string trailer_;                  ///< the field that x-amz-trailer names; empty: none
  std::unique_ptr<Checksum> sha256_;     ///< of x-amz-content-sha256
  std::string sha256_expected_;          ///< hexadecimal
  std::unique_ptr<Checksum> md5_;        ///< of Content-MD5
  std::string md5_expected_;             ///< base64
  std::string algorithm_;
  std::unique_ptr<Checksum> checksum_;
  std::string expected_;  ///< base64; empty: in the trailer
  std::string computed_algorithm_;
  std::unique_ptr<Checksum> computing_;
  std::string value_;           ///< of algorithm_
  std::string computed_value_;  ///< of computed_algorithm_
};

/// Whether the request has a body at all, or announces its length: else PutObject is `MissingContentLength`.
S3Result<void> check_length(const S3Call& call);

}  // namespace stepd::api::s3
