// Message digests by OpenSSL, of a whole text or piece by piece, with a key or without. Results are raw bytes; to_hex()
// prints them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace stepd {

enum class DigestKind : std::uint8_t { Md5, Sha1, Sha256, Sha384, Sha512 };

/// A digest of bytes that arrive in pieces. Thread: one.
class Digest {
 public:
  /// None if this OpenSSL does not offer the digest; FIPS mode, for example, refuses MD5.
  static std::optional<Digest> begin(DigestKind kind);

  void add(std::string_view bytes);
  /// `part`, preceded by its length, so that no two lists of parts have the same digest.
  void add_part(std::string_view part);
  /// The digest. Called once, as the last call.
  std::string finish();

 private:
  struct Context;
  struct FreeContext {
    void operator()(Context* context) const;
  };
  explicit Digest(std::unique_ptr<Context, FreeContext> context);

  std::unique_ptr<Context, FreeContext> context_;
};

/// None in the case of Digest::begin().
std::optional<std::string> digest_of(DigestKind kind, std::string_view bytes);

/// 32 bytes. Throws std::runtime_error if OpenSSL cannot do it.
std::string sha256(std::string_view bytes);
/// SHA-256 over each part preceded by its length. Throws as sha256().
std::string sha256_of_parts(std::initializer_list<std::string_view> parts);

/// 32 bytes (RFC 2104). Throws as sha256().
std::string hmac_sha256(std::string_view key, std::string_view text);

}  // namespace stepd
