#include "api/routes/body_checksums.h"

#include "base/digest.h"
#include "base/encoding.h"

#include <array>
#include <boost/crc.hpp>
#include <optional>
#include <utility>

namespace stepd::api {
namespace {

constexpr std::string_view kPrefix = "x-amz-checksum-";

// Name -> bytes of the value.
constexpr std::array<std::pair<std::string_view, std::size_t>, 7> kKnown{{
    {"crc32", 4},
    {"crc32c", 4},
    {"crc64nvme", 8},
    {"md5", 16},
    {"sha1", 20},
    {"sha256", 32},
    {"sha512", 64},
}};

template <class Crc>
class CrcChecksum final : public Checksum {
 public:
  void add(std::string_view bytes) override { crc_.process_bytes(bytes.data(), bytes.size()); }
  std::string finish() override {
    const auto value = crc_.checksum();
    std::string bytes;
    for (std::size_t i = sizeof value; i > 0; --i) bytes += static_cast<char>(value >> (8 * (i - 1)) & 0xFF);
    return bytes;
  }

 private:
  Crc crc_;
};

using Crc32 = boost::crc_optimal<32, 0x04C11DB7, 0xFFFFFFFF, 0xFFFFFFFF, true, true>;
using Crc32c = boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true>;
using Crc64nvme = boost::crc_optimal<64, 0xAD93D23594C93659, 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF, true, true>;

class DigestChecksum final : public Checksum {
 public:
  explicit DigestChecksum(Digest digest) : digest_(std::move(digest)) {}
  void add(std::string_view bytes) override { digest_.add(bytes); }
  std::string finish() override { return digest_.finish(); }

 private:
  Digest digest_;
};

std::optional<std::string> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const auto high = hex_value(hex[i]);
    const auto low = hex_value(hex[i + 1]);
    if (!high || !low) return std::nullopt;
    bytes += static_cast<char>(*high << 4U | *low);
  }
  return bytes;
}

AslError no_value(const std::string& field) { return {"", "the value of " + field + " is none of such a checksum"}; }

}  // namespace

std::unique_ptr<Checksum> begin_checksum(std::string_view name) {
  if (name == "crc32") return std::make_unique<CrcChecksum<Crc32>>();
  if (name == "crc32c") return std::make_unique<CrcChecksum<Crc32c>>();
  if (name == "crc64nvme") return std::make_unique<CrcChecksum<Crc64nvme>>();
  static constexpr std::array<std::pair<std::string_view, DigestKind>, 4> kDigests{{{"md5", DigestKind::Md5},
                                                                                    {"sha1", DigestKind::Sha1},
                                                                                    {"sha256", DigestKind::Sha256},
                                                                                    {"sha512", DigestKind::Sha512}}};
  for (const auto& [known, kind] : kDigests) {
    if (known != name) continue;
    auto digest = Digest::begin(kind);
    return digest ? std::make_unique<DigestChecksum>(*std::move(digest)) : nullptr;
  }
  return nullptr;
}

std::size_t checksum_bytes(std::string_view name) {
  for (const auto& [known, bytes] : kKnown) {
    if (known == name) return bytes;
  }
  return 0;
}

std::string_view checksum_of_field(std::string_view field) {
  if (!field.starts_with(kPrefix)) return {};
  const auto name = field.substr(kPrefix.size());
  return name == "algorithm" || name == "type" || name == "mode" ? std::string_view() : name;
}

Result<void> ChecksumList::add_entry(const std::string& field, std::string_view name, std::string expected) {
  auto checksum = begin_checksum(name);
  if (checksum == nullptr) return AslError{"", field + " cannot be checked here"};
  entries_.push_back({field, std::string(name), std::move(checksum), std::move(expected)});
  return {};
}

Result<void> ChecksumList::expect(const std::string& field, std::string_view name, std::string_view base64) {
  auto value = from_base64(base64);
  if (checksum_bytes(name) > 0 && (!value || value->size() != checksum_bytes(name))) return no_value(field);
  return add_entry(field, name, std::move(value).value_or(""));
}

Result<void> ChecksumList::expect_hex(const std::string& field, std::string_view name, std::string_view hex) {
  auto value = from_hex(hex);
  if (!value || value->size() != checksum_bytes(name)) return no_value(field);
  return add_entry(field, name, *std::move(value));
}

Result<void> ChecksumList::expect_trailer(const std::string& field, std::string_view name) {
  return add_entry(field, name, "");
}

void ChecksumList::add(std::string_view bytes) {
  for (const auto& entry : entries_) entry.checksum->add(bytes);
}

Result<void> ChecksumList::check(const std::function<std::string(const std::string& field)>& trailer) {
  for (auto& entry : entries_) {
    if (entry.expected.empty()) {
      const auto value = from_base64(trailer(entry.field));
      if (!value || value->size() != checksum_bytes(entry.name)) return no_value(entry.field);
      entry.expected = *value;
    }
    if (entry.checksum->finish() != entry.expected) {
      return AslError{"", "the bytes that came do not have the checksum of " + entry.field};
    }
  }
  return {};
}

}  // namespace stepd::api
