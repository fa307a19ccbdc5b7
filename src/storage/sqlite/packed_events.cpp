#include "storage/sqlite/packed_events.h"

#include "base/packed_text.h"
#include "storage/sqlite/short_numbers.h"

#include <string_view>
#include <utility>

namespace stepd::storage::sqlite {
namespace {

/// No first byte of a stored event (core/codec.cpp).
constexpr char kPacked = '\xf4';
constexpr std::size_t kCompressedFrom = 256;
/// Far above what the events of one row may come to.
constexpr std::size_t kUnpackedMax = std::size_t{64} << 20;

[[noreturn]] void fail(std::uint32_t number) {
  throw StoreError("the row of the events up to " + std::to_string(number) + " is damaged");
}

/// From `begin` on: where the row ends.
std::size_t end_of_row(const std::vector<EventRecord>& events, std::size_t begin) {
  std::size_t bytes = 0;
  auto end = begin;
  do {
    bytes += events[end].data.size();
    ++end;
  } while (end < events.size() && bytes < kEventRowBytes && events[end].number == events[end - 1].number + 1);
  return end;
}

}  // namespace

std::vector<PackedEvents> pack_events(const std::vector<EventRecord>& events) {
  std::vector<PackedEvents> rows;
  for (std::size_t begin = 0; begin < events.size();) {
    const auto end = end_of_row(events, begin);
    auto& row = rows.emplace_back();
    row.number = events[end - 1].number;
    if (end - begin == 1) {
      row.data = events[begin].data;
    } else {
      std::string list;
      for (auto i = begin; i < end; ++i) {
        add_short_number(list, events[i].data.size());
        list += events[i].data;
      }
      row.data = kPacked + pack_text(list, kCompressedFrom);
    }
    begin = end;
  }
  return rows;
}

std::vector<EventRecord> unpack_events(PackedEvents row) {
  std::vector<EventRecord> events;
  if (!row.data.starts_with(kPacked)) {
    events.push_back({row.number, std::move(row.data)});
    return events;
  }
  const auto list = unpack_text(std::string_view(row.data).substr(1), kUnpackedMax);
  if (!list) fail(row.number);
  std::string_view rest(*list);
  while (!rest.empty()) {
    const auto size = take_short_number(rest);
    if (!size || *size > rest.size()) fail(row.number);
    events.push_back({0, std::string(rest.substr(0, *size))});
    rest.remove_prefix(*size);
  }
  if (events.empty() || events.size() > row.number) fail(row.number);
  auto number = row.number - static_cast<std::uint32_t>(events.size());
  for (auto& event : events) event.number = ++number;
  return events;
}

}  // namespace stepd::storage::sqlite
