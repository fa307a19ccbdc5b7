// The events of executions, out of the rows that they share (packed_events.h).
#include "storage/sqlite/packed_events.h"
#include "storage/sqlite/reader.h"
#include "storage/sqlite/row_seal.h"

#include <algorithm>
#include <optional>

namespace stepd::storage::sqlite {
namespace {

#define STEPD_EVENT_COLUMNS \
  "SELECT number, data, " STEPD_IS_SEALED("execution", "executions") " FROM event WHERE execution = ?1 "

/// Of a row with STEPD_EVENT_COLUMNS.
std::vector<EventRecord> events_of(const Run& row, ExecutionId id) {
  const RowPlace place{SealedColumn::Event, static_cast<std::int64_t>(id), row.integer(0)};
  const auto seal = row.integer(2) != 0 ? Seal::Demanded : Seal::Optional;
  return unpack_events({static_cast<std::uint32_t>(row.integer(0)), unseal_row(place, row.text(1), seal)});
}

}  // namespace

std::vector<EventRecord> SqliteReader::events(ExecutionId id, std::uint32_t from, std::size_t limit,
                                              bool reverse) const {
  const auto connection = pool_.borrow();
  std::optional<Snapshot> snapshot;
  if (reverse) snapshot.emplace(*connection);
  std::vector<EventRecord> found;
  const auto take = [&](Run rows) {
    while (found.size() < limit && rows.next()) {
      auto events = events_of(rows, id);
      if (reverse) std::reverse(events.begin(), events.end());
      for (auto& event : events) {
        const bool wanted = reverse ? event.number <= from : event.number >= from;
        if (wanted && found.size() < limit) found.push_back(std::move(event));
      }
    }
  };
  // The row of `from` has a number that is not smaller.
  if (!reverse) {
    take(connection->query(STEPD_EVENT_COLUMNS "AND number >= ?2 ORDER BY number", id, from));
  } else {
    take(connection->query(STEPD_EVENT_COLUMNS "AND number >= ?2 ORDER BY number LIMIT 1", id, from));
    take(connection->query(STEPD_EVENT_COLUMNS "AND number < ?2 ORDER BY number DESC", id, from));
  }
  return found;
}

}  // namespace stepd::storage::sqlite
