// Checksums of rows: what is read back is known to be what was written, in the row that it was written to. SQLite keeps
// none, so a bit that a disk has changed would be taken for data.
#pragma once

#include "storage/store.h"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace stepd::storage::sqlite {

/// CRC-32 over values, which are kept apart.
class RowSum {
 public:
  void add(std::int64_t value);
  void add(std::string_view text);
  void add(const std::optional<std::string_view>& text);
  std::int64_t value() const { return sum_; }

 private:
  void mix(const void* bytes, std::size_t size);

  std::uint32_t sum_ = 0;
};

enum class SealedColumn : char { Head = 'h', Frame = 'f', Event = 'e', Payload = 'p' };

/// Which row the bytes belong to.
struct RowPlace {
  SealedColumn column;
  std::int64_t owner = 0;   ///< execution
  std::int64_t number = 0;  ///< version of a head; number of a frame, an event or a payload
};

/// A column that is true where a row has to have its seal: `bound` is the column of the table `unsealed` with the last
/// row of that kind that may lack it.
#define STEPD_IS_SEALED(id, bound) id " > (SELECT " bound " FROM unsealed)"

/// A byte that no codec begins with, the checksum, then `bytes`.
std::string seal_row(const RowPlace& place, std::string_view bytes);
/// Whether a row may lack its seal because it was written before there were seals (the table `unsealed`).
enum class Seal { Demanded, Optional };

/// What was sealed. Bytes without a seal come as they are if it is optional. Throws StoreError if they are not those
/// that were sealed for this row.
std::string unseal_row(const RowPlace& place, std::string bytes, Seal seal);

}  // namespace stepd::storage::sqlite
