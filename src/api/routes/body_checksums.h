// The checksums that a client may send with an object, in header fields or trailers: S3's `x-amz-checksum-NAME`,
// `x-amz-content-sha256` and `Content-MD5`. A value that cannot be checked is refused, never passed over.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::api {

/// One checksum over bytes that come in pieces. Thread: one.
class Checksum {
 public:
  virtual ~Checksum() = default;
  virtual void add(std::string_view bytes) = 0;
  /// Raw bytes, big endian. Called once, as the last call.
  virtual std::string finish() = 0;
};

/// `crc32`, `crc32c`, `crc64nvme`, `md5`, `sha1`, `sha256`, `sha512`; null for another.
std::unique_ptr<Checksum> begin_checksum(std::string_view name);
/// Of its value.
std::size_t checksum_bytes(std::string_view name);
/// `crc32` of `x-amz-checksum-crc32`; empty for a field that carries no value of a checksum, as
/// `x-amz-checksum-algorithm`.
std::string_view checksum_of_field(std::string_view field);

/// Checksums and what they should be. Errors: cause only, for people.
class ChecksumList {
 public:
  /// A value in base64 that is known already.
  Result<void> expect(const std::string& field, std::string_view name, std::string_view base64);
  Result<void> expect_hex(const std::string& field, std::string_view name, std::string_view hex);
  /// A value that comes with a trailer.
  Result<void> expect_trailer(const std::string& field, std::string_view name);
  void add(std::string_view bytes);
  /// `trailer` answers the value of a field, empty if there is none.
  Result<void> check(const std::function<std::string(const std::string& field)>& trailer);

 private:
  struct Entry {
    std::string field;
    std::string name;
    std::unique_ptr<Checksum> checksum;
    std::string expected;  ///< raw; empty: in a trailer
  };
  Result<void> add_entry(const std::string& field, std::string_view name, std::string expected);

  std::vector<Entry> entries_;
};

}  // namespace stepd::api
