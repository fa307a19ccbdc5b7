#include "api/routes/upload_request.h"

#include "base/encoding.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace stepd::api {
namespace {

constexpr std::string_view kStreaming = "STREAMING-";
constexpr std::string_view kWithTrailer = "-TRAILER";
constexpr std::string_view kSha256Field = "x-amz-content-sha256";

std::string_view trimmed_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// The members of all fields of that name, in lower case.
std::vector<std::string> list_of(const Request& request, std::string_view name) {
  std::vector<std::string> members;
  for (const Field& field : request.fields) {
    if (!equal_ignoring_case(field.name, name)) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const auto member = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), member.size() + 1));
      if (const auto text = trimmed_blanks(member); !text.empty()) members.push_back(to_lower(text));
    }
  }
  return members;
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc{} || rest != end) return std::nullopt;
  return number;
}

/// Query parameters by which S3 means something beside the object, or a part of it. `x-id` and signatures do not.
constexpr std::array<std::string_view, 24> kSubResources = {
    "accelerate", "acl",     "append",       "attributes",  "cors",       "delete",  "encryption",   "legal-hold",
    "lifecycle",  "logging", "notification", "object-lock", "partNumber", "policy",  "renameObject", "restore",
    "retention",  "select",  "tagging",      "torrent",     "uploadId",   "uploads", "versionId",    "versioning"};

/// Header fields that change what S3 would store or do.
constexpr std::array<std::string_view, 8> kMeaningful = {"x-amz-copy-source",
                                                         "x-amz-tagging",
                                                         "x-amz-website-redirect-location",
                                                         "x-amz-write-offset-bytes",
                                                         "x-amz-bypass-governance-retention",
                                                         "x-amz-rename-source",
                                                         "x-amz-grant-full-control",
                                                         "x-amz-if-match-size"};

constexpr std::array<std::string_view, 3> kMeaningfulPrefixes = {"x-amz-server-side-encryption", "x-amz-object-lock-",
                                                                 "x-amz-copy-source-"};

Response not_here(const std::string& what) {
  return error_response(501, what + " is S3's and not served here; nothing was done");
}

std::vector<std::string> parameter_names(std::string_view query) {
  std::vector<std::string> names;
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const auto name = pair.substr(0, pair.find('='));
    names.push_back(percent_decode(name, Space::Plus).value_or(std::string(name)));
  }
  return names;
}

}  // namespace

std::optional<Response> refuse_s3_extras(const Request& request) {
  for (const auto& name : parameter_names(request.query)) {
    if (std::find(kSubResources.begin(), kSubResources.end(), name) != kSubResources.end()) return not_here("?" + name);
  }
  for (const Field& field : request.fields) {
    const auto name = to_lower(field.name);
    const bool known = std::find(kMeaningful.begin(), kMeaningful.end(), name) != kMeaningful.end() ||
                       std::any_of(kMeaningfulPrefixes.begin(), kMeaningfulPrefixes.end(),
                                   [&](std::string_view prefix) { return name.starts_with(prefix); });
    if (known) return not_here(name);
    const bool common = field.value == "private" || field.value == "bucket-owner-full-control";
    if (name == "x-amz-acl" && !common) return not_here("x-amz-acl: " + field.value);
  }
  return std::nullopt;
}

std::variant<UploadBody, Response> UploadBody::of(const Request& request, std::uint64_t bytes_max) {
  // RFC 9110 §14.5: a part of an object must not be taken for the whole.
  if (request.has_field("content-range")) return error_response(400, "a part of an object cannot be put");
  UploadBody body;
  bool framed = false;
  for (const auto& coding : list_of(request, "content-encoding")) {
    if (coding == "identity") continue;
    if (coding != "aws-chunked") {
      return error_response(
          415, "the content coding \"" + coding +
                   "\" is not kept with an object: send the bytes that are meant, without Content-Encoding");
    }
    framed = true;
  }
  const auto sha256 = request.field(kSha256Field);
  const bool streaming = sha256.starts_with(kStreaming);
  framed = framed || streaming;
  if (!sha256.empty() && !streaming && sha256 != "UNSIGNED-PAYLOAD") {
    const auto expected = body.checksums_->expect_hex(std::string(kSha256Field), "sha256", sha256);
    if (!expected) return error_response(400, expected.error().cause);
  }
  if (request.has_field("content-md5")) {
    const auto expected = body.checksums_->expect("content-md5", "md5", request.field("content-md5"));
    if (!expected) return error_response(400, expected.error().cause);
  }
  for (const Field& field : request.fields) {
    const auto name = to_lower(field.name);
    const auto checksum = checksum_of_field(name);
    if (checksum.empty()) continue;
    const auto expected = body.checksums_->expect(name, checksum, field.value);
    if (!expected) return error_response(400, expected.error().cause);
  }
  if (!framed) {
    if (request.has_field("x-amz-trailer")) return error_response(400, "x-amz-trailer needs the framing aws-chunked");
    return body;
  }
  body.framing_ = std::make_unique<AwsChunked>();
  const auto length = number_of(request.field("x-amz-decoded-content-length"));
  if (!length) return error_response(411, "a body in aws-chunked needs its length in x-amz-decoded-content-length");
  if (*length > bytes_max) {
    return error_response(413, "the object is larger than " + std::to_string(bytes_max) + " bytes");
  }
  body.announced_ = *length;
  body.trailer_ = to_lower(request.field("x-amz-trailer"));
  if (body.trailer_.empty() && streaming && sha256.ends_with(kWithTrailer)) {
    return error_response(400, "x-amz-content-sha256 announces a trailer, and x-amz-trailer names none");
  }
  if (!body.trailer_.empty()) {
    const auto name = checksum_of_field(body.trailer_);
    const auto expected = name.empty() ? Result<void>(AslError{"", body.trailer_ + " is no checksum"})
                                       : body.checksums_->expect_trailer(body.trailer_, name);
    if (!expected) return error_response(400, expected.error().cause);
  }
  return body;
}

std::optional<UploadBody::Fault> UploadBody::take(std::string_view piece, const AwsChunked::Sink& sink) {
  Fault fault;
  const auto store = [&](std::string_view data) -> Result<void> {
    if (framing_ && framing_->decoded_bytes() > announced_) {
      return AslError{"", "the body holds more than x-amz-decoded-content-length says"};
    }
    checksums_->add(data);
    auto stored = sink(data);
    if (!stored) fault.of_sink = stored.error();
    return stored;
  };
  const auto taken = framing_ ? framing_->take(piece, store) : store(piece);
  if (taken) return std::nullopt;
  if (!fault.of_sink) fault.answer = error_response(400, taken.error().cause);
  return fault;
}

std::optional<Response> UploadBody::finish() {
  if (framing_) {
    if (const auto ended = framing_->finish(); !ended) return error_response(400, ended.error().cause);
    if (framing_->decoded_bytes() != announced_) {
      return error_response(400, "the body holds " + std::to_string(framing_->decoded_bytes()) +
                                     " bytes, x-amz-decoded-content-length says " + std::to_string(announced_));
    }
    for (const auto& [name, value] : framing_->trailers()) {
      if (name != trailer_) return error_response(400, "the trailer " + name + " was not announced in x-amz-trailer");
    }
  }
  const auto matches = checksums_->check([this](const std::string& field) {
    if (!framing_) return std::string();
    const auto found = framing_->trailers().find(field);
    return found == framing_->trailers().end() ? std::string() : found->second;
  });
  if (!matches) return error_response(400, matches.error().cause);
  return std::nullopt;
}

}  // namespace stepd::api
