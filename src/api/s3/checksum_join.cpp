#include "api/s3/checksum_join.h"

#include "api/routes/body_checksums.h"
#include "base/digest.h"
#include "base/encoding.h"

#include <array>
#include <optional>

namespace stepd::api::s3 {
namespace {

struct Polynomial {
  std::string_view algorithm;
  unsigned width;
  std::uint64_t reflected;
};

constexpr std::array<Polynomial, 3> kPolynomials{
    {{"crc32", 32, 0xEDB88320}, {"crc32c", 32, 0x82F63B78}, {"crc64nvme", 64, 0x9A6C9329AC4BC9B5}}};

/// Product of two polynomials modulo a third, bits reflected as in the CRC.
std::uint64_t multiply(std::uint64_t a, std::uint64_t b, const Polynomial& modulo) {
  std::uint64_t product = 0;
  for (auto bit = std::uint64_t{1} << (modulo.width - 1); bit != 0; bit >>= 1) {
    if ((a & bit) != 0) product ^= b;
    b = (b & 1) != 0 ? (b >> 1) ^ modulo.reflected : b >> 1;
  }
  return product;
}

/// The CRC of what `crc` is of with `count` bytes behind it, but for those bytes' own CRC.
std::uint64_t shift(std::uint64_t crc, std::uint64_t count, const Polynomial& modulo) {
  auto power = std::uint64_t{1} << (modulo.width - 1);   // x^0
  auto square = std::uint64_t{1} << (modulo.width - 9);  // x^8: one byte
  for (; count != 0; count >>= 1) {
    if ((count & 1) != 0) power = multiply(square, power, modulo);
    square = multiply(square, square, modulo);
  }
  return multiply(power, crc, modulo);
}

std::uint64_t to_number(std::string_view raw) {
  std::uint64_t number = 0;
  for (const char c : raw) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

}  // namespace

std::string join_crcs(std::string_view algorithm, const std::vector<PartChecksum>& parts) {
  for (const auto& polynomial : kPolynomials) {
    if (polynomial.algorithm != algorithm) continue;
    std::uint64_t crc = 0;
    for (const auto& part : parts) crc = shift(crc, part.size_bytes, polynomial) ^ to_number(part.raw);
    std::string raw;
    for (unsigned bits = polynomial.width; bits > 0; bits -= 8) raw += static_cast<char>(crc >> (bits - 8) & 0xFF);
    return raw;
  }
  return {};
}

std::string composite_checksum(std::string_view algorithm, const std::vector<PartChecksum>& parts) {
  const auto checksum = begin_checksum(algorithm);
  if (checksum == nullptr) return {};
  for (const auto& part : parts) checksum->add(part.raw);
  return to_base64(checksum->finish()) + "-" + std::to_string(parts.size());
}

std::string upload_etag(const std::vector<std::string>& part_md5s) {
  auto digest = Digest::begin(DigestKind::Md5);
  if (!digest) return {};
  for (const auto& hex : part_md5s) {
    std::string raw;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
      raw += static_cast<char>(hex_value(hex[i]).value_or(0) << 4U | hex_value(hex[i + 1]).value_or(0));
    }
    digest->add(raw);
  }
  return to_hex(digest->finish()) + "-" + std::to_string(part_md5s.size());
}

S3Result<void> check_checksum_type(const std::string& algorithm, bool composite) {
  const bool is_sha = algorithm.starts_with("sha");
  if (is_sha != composite && (is_sha || algorithm == "crc64nvme")) {
    return invalid_request("The " + std::string(composite ? "COMPOSITE" : "FULL_OBJECT") +
                           " checksum type cannot be used with the " + algorithm + " checksum algorithm.");
  }
  return {};
}

}  // namespace stepd::api::s3
