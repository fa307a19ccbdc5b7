// Tokens are base64 over expiry, digest and cursor.
#include "api/protocol/page_token.h"

#include "base/digest.h"
#include "base/encoding.h"

#include <charconv>
#include <optional>
#include <vector>

namespace stepd::api {
namespace {

constexpr std::chrono::hours kLifetime{24};
constexpr std::size_t kExpiryDigits = 13;  // milliseconds since 1970 until the year 2286
constexpr std::size_t kDigestBytes = 16;

std::string proof_of(std::string_view scope, std::string_view expiry, std::string_view cursor) {
  std::string text = "page 1\n";
  for (const auto part : {scope, expiry, cursor}) text.append(std::to_string(part.size())).append(":").append(part);
  return sha256(text).substr(0, kDigestBytes);
}

}  // namespace

std::string make_page_token(std::string_view scope, std::string_view cursor, Instant now) {
  auto expiry = std::to_string((now + kLifetime).time_since_epoch().count());
  expiry.insert(0, kExpiryDigits - std::min(kExpiryDigits, expiry.size()), '0');
  return to_base64(expiry + proof_of(scope, expiry, cursor) + std::string(cursor));
}

Checked<std::string> read_page_token(std::string_view token, std::string_view scope, Instant now) {
  const auto bytes = from_base64(token);
  if (!bytes || bytes->size() < kExpiryDigits + kDigestBytes) return invalid_token();
  const auto expiry = bytes->substr(0, kExpiryDigits);
  const auto cursor = bytes->substr(kExpiryDigits + kDigestBytes);
  if (bytes->substr(kExpiryDigits, kDigestBytes) != proof_of(scope, expiry, cursor)) return invalid_token();
  std::int64_t until = 0;
  std::from_chars(expiry.data(), expiry.data() + expiry.size(), until);
  if (now.time_since_epoch().count() > until) return invalid_token();
  return cursor;
}

}  // namespace stepd::api
