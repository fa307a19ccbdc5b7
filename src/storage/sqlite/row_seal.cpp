#include "storage/sqlite/row_seal.h"

#include <libdeflate.h>

#include <array>

namespace stepd::storage::sqlite {
namespace {

/// No first byte of a stored execution, event or payload (core/codec.cpp, base/packed_text.cpp).
constexpr char kSealed = '\xf5';
constexpr std::size_t kSealBytes = 5;

std::array<char, 4> sum_of(const RowPlace& place, std::string_view bytes) {
  RowSum sum;
  sum.add(static_cast<std::int64_t>(place.column));
  sum.add(place.owner);
  sum.add(place.number);
  sum.add(bytes);
  std::array<char, 4> stored;
  for (std::size_t i = 0; i < stored.size(); ++i) stored[i] = static_cast<char>(sum.value() >> (8 * i));
  return stored;
}

std::string name_of(const RowPlace& place) {
  const auto row = std::to_string(place.number) + " of execution " + std::to_string(place.owner);
  switch (place.column) {
    case SealedColumn::Head:
      return "the head of execution " + std::to_string(place.owner);
    case SealedColumn::Frame:
      return "frame " + row;
    case SealedColumn::Event:
      return "event " + row;
    case SealedColumn::Payload:
      break;
  }
  return "payload " + std::to_string(place.number);
}

}  // namespace

void RowSum::mix(const void* bytes, std::size_t size) {
  if (size > 0) sum_ = libdeflate_crc32(sum_, bytes, size);
}

void RowSum::add(std::int64_t value) { mix(&value, sizeof value); }

void RowSum::add(std::string_view text) {
  add(static_cast<std::int64_t>(text.size()));
  mix(text.data(), text.size());
}

void RowSum::add(const std::optional<std::string_view>& text) {
  add(std::int64_t{text.has_value()});
  if (text) add(*text);
}

std::string seal_row(const RowPlace& place, std::string_view bytes) {
  std::string sealed;
  sealed.reserve(kSealBytes + bytes.size());
  sealed += kSealed;
  const auto sum = sum_of(place, bytes);
  sealed.append(sum.data(), sum.size());
  sealed += bytes;
  return sealed;
}

std::string unseal_row(const RowPlace& place, std::string bytes, Seal seal) {
  const bool is_sealed = bytes.starts_with(kSealed);
  if (!is_sealed && seal == Seal::Optional) return bytes;
  const bool is_whole = is_sealed && bytes.size() >= kSealBytes &&
                        std::ranges::equal(std::string_view(bytes).substr(1, kSealBytes - 1),
                                           sum_of(place, std::string_view(bytes).substr(kSealBytes)));
  if (!is_whole) throw StoreError(name_of(place) + " is damaged: it is not what was written");
  bytes.erase(0, kSealBytes);
  return bytes;
}

}  // namespace stepd::storage::sqlite
