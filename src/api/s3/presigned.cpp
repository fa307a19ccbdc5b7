#include "api/s3/presigned.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>

namespace stepd::api::s3 {
namespace {

constexpr std::int64_t kLongestSeconds = 604'800;

S3Error faulty_query(std::string message, int status = 400) {
  return {status, "AuthorizationQueryParametersError", std::move(message)};
}

std::optional<std::int64_t> read_seconds(std::string_view text) {
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc{} || rest != end) return std::nullopt;
  return number;
}

/// `20261130T044814Z`
std::optional<Instant> read_basic_time(const std::string& text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  return from_rfc3339(text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 2) + "T" + text.substr(9, 2) +
                      ":" + text.substr(11, 2) + ":" + text.substr(13, 2) + "Z");
}

std::string shown_time(Instant instant) {
  return to_rfc3339(Instant{std::chrono::floor<std::chrono::seconds>(instant)}).substr(0, 19) + "Z";
}

S3Error expired(Instant end, Instant now) {
  return S3Error(403, "AccessDenied", "Request has expired")
      .with("Expires", shown_time(end))
      .with("ServerTime", shown_time(now));
}

/// Every x-amz-* field must be signed, so that nobody who got the URL can add to it.
S3Result<void> check_signed_fields(const S3Call& call, const std::string& signed_names) {
  std::string unsigned_names;
  for (const Field& field : call.request.fields) {
    const auto name = to_lower(field.name);
    if (!name.starts_with("x-amz-") || name == "x-amz-content-sha256") continue;
    const auto list = ";" + signed_names + ";";
    if (list.find(";" + name + ";") != std::string::npos) continue;
    unsigned_names += (unsigned_names.empty() ? "" : ", ") + name;
  }
  if (unsigned_names.empty()) return {};
  return S3Error(403, "AccessDenied", "There were headers present in the request which were not signed")
      .with("HeadersNotSigned", unsigned_names);
}

S3Result<void> check_version_4(const S3Call& call, Instant now) {
  for (const char* name : {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-Date",
                           "X-Amz-SignedHeaders", "X-Amz-Expires"}) {
    if (call.has(name)) continue;
    return faulty_query(
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, "
        "X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.");
  }
  const auto asked = *call.parameter("X-Amz-Expires");
  const auto seconds = read_seconds(asked);
  if (!seconds) return faulty_query("X-Amz-Expires should be a number");
  if (*seconds < 0) return faulty_query("X-Amz-Expires must be non-negative", 403);
  if (*seconds > kLongestSeconds) {
    return faulty_query(
        "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than "
        "604800 "
        "seconds",
        403);
  }
  const auto begin = read_basic_time(*call.parameter("X-Amz-Date"));
  if (!begin) return faulty_query("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  const auto end = *begin + std::chrono::seconds(*seconds);
  if (now >= end) return expired(end, now).with("X-Amz-Expires", asked);
  return check_signed_fields(call, to_lower(*call.parameter("X-Amz-SignedHeaders")));
}

}  // namespace

S3Result<void> check_presigned(const S3Call& call, Instant now) {
  if (call.has("X-Amz-Algorithm") || call.has("X-Amz-Credential") || call.has("X-Amz-Signature")) {
    return check_version_4(call, now);
  }
  if (!call.has("AWSAccessKeyId") || !call.has("Signature")) return {};
  const auto end = read_seconds(call.parameter("Expires").value_or(""));
  if (!end) {
    return S3Error(403, "AccessDenied",
                   "Invalid date (should be seconds since epoch): " + call.parameter("Expires").value_or(""));
  }
  const Instant until{std::chrono::seconds(std::clamp<std::int64_t>(*end, 0, 253'402'300'799))};
  if (now >= until) return expired(until, now);
  return {};
}

}  // namespace stepd::api::s3
