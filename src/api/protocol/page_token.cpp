// Tokens are base64 over expiry, digest and cursor.
#include "api/protocol/page_token.h"

#include <openssl/evp.h>
#include <charconv>
#include <optional>
#include <vector>

namespace stepd::api {
namespace {

constexpr std::chrono::hours kLifetime{24};
constexpr std::size_t kExpiryDigits = 13;  // milliseconds since 1970 until the year 2286
constexpr std::size_t kDigestBytes = 16;

std::string digest_of(std::string_view scope, std::string_view expiry, std::string_view cursor) {
  std::string text = "page 1\n";
  for (const auto part : {scope, expiry, cursor}) text.append(std::to_string(part.size())).append(":").append(part);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr);
  return {reinterpret_cast<const char*>(digest), kDigestBytes};
}

std::string encode(const std::string& bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::optional<std::string> decode(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

}  // namespace

std::string make_page_token(std::string_view scope, std::string_view cursor, Instant now) {
  auto expiry = std::to_string((now + kLifetime).time_since_epoch().count());
  expiry.insert(0, kExpiryDigits - std::min(kExpiryDigits, expiry.size()), '0');
  return encode(expiry + digest_of(scope, expiry, cursor) + std::string(cursor));
}

Checked<std::string> read_page_token(std::string_view token, std::string_view scope, Instant now) {
  const auto bytes = decode(token);
  if (!bytes || bytes->size() < kExpiryDigits + kDigestBytes) return invalid_token();
  const auto expiry = bytes->substr(0, kExpiryDigits);
  const auto cursor = bytes->substr(kExpiryDigits + kDigestBytes);
  if (bytes->substr(kExpiryDigits, kDigestBytes) != digest_of(scope, expiry, cursor)) return invalid_token();
  std::int64_t until = 0;
  std::from_chars(expiry.data(), expiry.data() + expiry.size(), until);
  if (now.time_since_epoch().count() > until) return invalid_token();
  return cursor;
}

}  // namespace stepd::api
