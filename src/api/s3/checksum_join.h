// Checksums of objects that came in parts, from those of the parts: nothing is read again. Pure.
#pragma once

#include "api/s3/s3_error.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::api::s3 {

struct PartChecksum {
  std::string raw;  ///< big endian
  std::uint64_t size_bytes = 0;
};

/// Of the parts' bytes one behind the other; `crc32`, `crc32c` and `crc64nvme` only. Big endian; empty for another.
std::string join_crcs(std::string_view algorithm, const std::vector<PartChecksum>& parts);

/// Base64 of the checksum over the parts' checksums, with `-N`.
std::string composite_checksum(std::string_view algorithm, const std::vector<PartChecksum>& parts);

/// MD5 over the parts' MD5s (hexadecimal), with `-N`: an upload's ETag. Empty where MD5 is not to be had.
std::string upload_etag(const std::vector<std::string>& part_md5s);

/// Whether S3 has such a checksum: sha1 and sha256 are COMPOSITE only, crc64nvme FULL_OBJECT only.
S3Result<void> check_checksum_type(const std::string& algorithm, bool composite);

}  // namespace stepd::api::s3
