// The rows of the table `event`. The events of a turn lie together, as a row costs more than most events hold.
//
// 1. A row has the number of its last event; the others precede it without a gap. A row of one event holds its bytes as
//    they are, as all rows did up to schema 11.
// 2. The events of one row repeat names and values, so that zstd halves all but the shortest.
// 3. A row ends with the event with which it reaches kEventRowBytes, so that few others are read with an event.
#pragma once

#include "storage/store.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace stepd::storage::sqlite {

inline constexpr std::size_t kEventRowBytes = 1'024;

struct PackedEvents {
  std::uint32_t number = 0;
  std::string data;
};

/// In their order.
std::vector<PackedEvents> pack_events(const std::vector<EventRecord>& events);

/// Ascending. Throws StoreError if the bytes are not those of a row.
std::vector<EventRecord> unpack_events(PackedEvents row);

}  // namespace stepd::storage::sqlite
