#include "api/s3/s3_body.h"

#include "base/encoding.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace stepd::api::s3 {
namespace {

constexpr std::array<std::string_view, 5> kAlgorithms{"crc32", "crc32c", "crc64nvme", "sha1", "sha256"};
constexpr std::string_view kChecksumPrefix = "x-amz-checksum-";
constexpr std::string_view kStreamingBody = "STREAMING-";

std::optional<std::uint64_t> read_length(std::string_view text) {
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc{} || rest != end) return std::nullopt;
  return number;
}

bool is_value_of(std::string_view algorithm, std::string_view base64) {
  const auto raw = from_base64(base64);
  return raw && raw->size() == checksum_bytes(algorithm);
}

S3Error invalid_value(const std::string& field) {
  return invalid_request("Value for " + field + " header is invalid.");
}

S3Error entity_too_large(std::uint64_t size, std::uint64_t bytes_max) {
  return S3Error(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
      .with("ProposedSize", std::to_string(size))
      .with("MaxSizeAllowed", std::to_string(bytes_max));
}

/// Clients may name aws-chunked as a coding of the object and frame nothing; then there is no decoded length.
bool has_aws_chunked(const S3Call& call) {
  return call.has_field("x-amz-decoded-content-length") &&
         std::any_of(call.request.fields.begin(), call.request.fields.end(), [](const Field& field) {
           return equal_ignoring_case(field.name, "content-encoding") &&
                  to_lower(field.value).find("aws-chunked") != std::string::npos;
         });
}

S3Error bad_digest(const std::string& what) {
  return {400, "BadDigest", "The " + what + " you specified did not match the calculated checksum."};
}

}  // namespace

bool is_checksum(std::string_view name) {
  return std::find(kAlgorithms.begin(), kAlgorithms.end(), name) != kAlgorithms.end();
}

std::string upper_name(std::string_view algorithm) {
  std::string name(algorithm);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c); });
  return name;
}

S3Result<std::string> algorithm_of(const S3Call& call, std::string_view field) {
  const auto name = to_lower(call.field(field));
  if (name.empty() || is_checksum(name)) return name;
  return invalid_request(
      "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, "
      "CRC64NVME, SHA1, SHA256]");
}

S3Result<S3Body> S3Body::of(const S3Call& call, std::uint64_t bytes_max, ChecksumOf checksum_of) {
  S3Body body;
  body.bytes_max_ = bytes_max;
  const auto sha256 = call.field("x-amz-content-sha256");
  if (!sha256.empty() && !sha256.starts_with(kStreamingBody) && sha256 != "UNSIGNED-PAYLOAD") {
    const bool is_hex = sha256.size() == 64 && sha256.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
    if (!is_hex) {
      return invalid_argument(
          "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
          "STREAMING-AWS4-HMAC-SHA256-PAYLOAD or a valid sha256 value.",
          "x-amz-content-sha256", std::string(sha256));
    }
    body.sha256_ = begin_checksum("sha256");
    body.sha256_expected_ = to_lower(sha256);
  }
  if (call.has_field("content-md5")) {
    body.md5_expected_ = call.field("content-md5");
    if (!is_value_of("md5", body.md5_expected_)) {
      return S3Error(400, "InvalidDigest", "The Content-MD5 you specified was invalid.")
          .with("Content-MD5", body.md5_expected_);
    }
    body.md5_ = begin_checksum("md5");
    if (!body.md5_) return not_implemented("Content-MD5");
  }
  if (checksum_of == ChecksumOf::Body) STEPD_CHECK(body.expect_checksum(call));
  STEPD_CHECK(body.expect_framing(call, bytes_max));
  return body;
}

S3Result<void> S3Body::expect_checksum(const S3Call& call) {
  for (const Field& field : call.request.fields) {
    const auto name = to_lower(field.name);
    const auto algorithm = checksum_of_field(name);
    if (algorithm.empty()) continue;
    if (!algorithm_.empty()) {
      return invalid_request("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
    }
    if (!is_checksum(algorithm)) {
      return invalid_request("The algorithm type you specified in " + std::string(kChecksumPrefix) +
                             " header is invalid.");
    }
    if (!is_value_of(algorithm, field.value)) return invalid_value(name);
    algorithm_ = algorithm;
    expected_ = field.value;
  }
  if (!algorithm_.empty()) checksum_ = begin_checksum(algorithm_);
  return {};
}

S3Result<void> S3Body::expect_framing(const S3Call& call, std::uint64_t bytes_max) {
  const auto sha256 = call.field("x-amz-content-sha256");
  const bool streaming = sha256.starts_with(kStreamingBody);
  const auto length = call.request.content_length;
  if (!streaming && !has_aws_chunked(call)) {
    if (length.value_or(0) > bytes_max) return entity_too_large(*length, bytes_max);
    return {};
  }
  framing_ = std::make_unique<AwsChunked>();
  const auto decoded = read_length(call.field("x-amz-decoded-content-length"));
  if (!decoded) return S3Error(411, "MissingContentLength", "You must provide the Content-Length HTTP header.");
  if (*decoded > bytes_max) return entity_too_large(*decoded, bytes_max);
  announced_ = *decoded;
  trailer_ = to_lower(call.field("x-amz-trailer"));
  const S3Error malformed(400, "MalformedTrailerError",
                          "The request contained trailing data that was not well-formed or did not conform to our "
                          "published schema.");
  if (trailer_.empty()) {
    if (streaming && sha256.ends_with("-TRAILER")) return malformed;
    return {};
  }
  const auto algorithm = checksum_of_field(trailer_);
  if (!is_checksum(algorithm)) return malformed;
  if (!algorithm_.empty()) {
    return invalid_request("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
  }
  algorithm_ = algorithm;
  checksum_ = begin_checksum(algorithm_);
  return {};
}

void S3Body::compute(const std::string& algorithm) {
  if (algorithm.empty() || algorithm == algorithm_) return;
  computed_algorithm_ = algorithm;
  computing_ = begin_checksum(algorithm);
}

S3Result<void> S3Body::take(std::string_view piece, const Sink& sink) {
  std::optional<S3Error> refused;
  const auto store = [&](std::string_view bytes) -> Result<void> {
    size_ += bytes.size();
    if (framing_ && size_ > announced_) {
      refused = S3Error(400, "IncompleteBody", "The body holds more than x-amz-decoded-content-length says.");
      return AslError{};
    }
    if (size_ > bytes_max_) {
      refused = entity_too_large(size_, bytes_max_);
      return AslError{};
    }
    for (const auto* each : {&sha256_, &md5_, &checksum_, &computing_}) {
      if (*each) (*each)->add(bytes);
    }
    auto stored = sink(bytes);
    if (!stored) refused = S3Error(stored.error());
    return stored;
  };
  const auto taken = framing_ ? framing_->take(piece, store) : store(piece);
  if (refused) return *std::move(refused);
  if (!taken) return S3Error(400, "IncompleteBody", taken.error().cause);
  return {};
}

S3Result<void> S3Body::check_framing() {
  if (const auto ended = framing_->finish(); !ended) return S3Error(400, "IncompleteBody", ended.error().cause);
  if (size_ != announced_) {
    return S3Error(
        400, "IncompleteBody",
        "You did not provide the number of bytes specified by the x-amz-decoded-content-length HTTP header.");
  }
  const auto& trailers = framing_->trailers();
  const bool as_announced = trailer_.empty() ? trailers.empty() : trailers.size() == 1 && trailers.contains(trailer_);
  if (!as_announced) {
    return S3Error(400, "MalformedTrailerError",
                   "The request contained trailing data that was not well-formed or did not conform to our published "
                   "schema.");
  }
  if (!trailer_.empty()) {
    expected_ = trailers.at(trailer_);
    if (!is_value_of(algorithm_, expected_)) return invalid_value(trailer_);
  }
  return {};
}

S3Result<void> S3Body::check_digests() {
  if (sha256_) {
    const auto computed = to_hex(sha256_->finish());
    if (computed != sha256_expected_) {
      return S3Error(400, "XAmzContentSHA256Mismatch",
                     "The provided 'x-amz-content-sha256' header does not match what was computed.")
          .with("ClientComputedContentSHA256", sha256_expected_)
          .with("S3ComputedContentSHA256", computed);
    }
  }
  if (md5_) {
    const auto computed = to_base64(md5_->finish());
    if (computed != md5_expected_) {
      return S3Error(400, "BadDigest", "The Content-MD5 you specified did not match what we received.")
          .with("ExpectedDigest", md5_expected_)
          .with("CalculatedDigest", computed);
    }
  }
  if (checksum_) {
    value_ = to_base64(checksum_->finish());
    if (value_ != expected_) return bad_digest(upper_name(algorithm_));
  }
  if (computing_) computed_value_ = to_base64(computing_->finish());
  return {};
}

S3Result<void> S3Body::finish() {
  if (framing_) STEPD_CHECK(check_framing());
  return check_digests();
}

std::string S3Body::value_of(const std::string& algorithm) const {
  if (algorithm.empty()) return {};
  return algorithm == algorithm_ ? value_ : algorithm == computed_algorithm_ ? computed_value_ : std::string();
}

S3Result<void> check_length(const S3Call& call) {
  if (call.request.content_length || call.has_field("transfer-encoding")) return {};
  return S3Error(411, "MissingContentLength", "You must provide the Content-Length HTTP header.");
}

}  // namespace stepd::api::s3
