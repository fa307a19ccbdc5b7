// What lists of executions need beside their rows: tallies by status, failures, and places in time.
#include "storage/sqlite/reader.h"

#include <set>

namespace stepd::storage::sqlite {

std::vector<ExecutionTally> SqliteReader::tally_executions() const {
  const auto connection = pool_.borrow();
  std::vector<ExecutionTally> found;
  Run rows = connection->query(
      "SELECT m.arn, t.status, t.executions FROM execution_tally t JOIN machine m ON m.id = t.machine"
      " WHERE t.executions > 0 AND (m.deleting = 0 OR t.status = 1) ORDER BY m.arn, t.status");
  while (rows.next()) {
    found.push_back(
        {rows.text(0), static_cast<ExecutionStatus>(rows.integer(1)), static_cast<std::uint64_t>(rows.integer(2))});
  }
  return found;
}

std::vector<ListedFailure> SqliteReader::failures(std::span<const ExecutionId> ids) const {
  const std::set<ExecutionId> wanted(ids.begin(), ids.end());
  const auto connection = pool_.borrow();
  const Snapshot snapshot(*connection);
  std::vector<ListedFailure> found;
  for (const auto id : wanted) {
    Run row = connection->query(
        "SELECT error, substr(cause, 1, ?2) FROM execution WHERE id = ?1 AND (error IS NOT NULL OR cause IS NOT NULL)",
        id, kListedCauseChars);
    if (row.next()) found.push_back({id, row.optional_text(0).value_or(""), row.optional_text(1).value_or("")});
  }
  return found;
}

/// By halving the ids, as they follow the starts: an index over dates would be written with each start.
std::optional<ExecutionId> SqliteReader::first_since(Instant moment) const {
  const auto connection = pool_.borrow();
  const Snapshot snapshot(*connection);
  Run ends = connection->query("SELECT (SELECT min(id) FROM execution), (SELECT max(id) FROM execution)");
  if (!ends.next() || !ends.optional_text(0)) return std::nullopt;
  std::int64_t low = ends.integer(0);
  std::int64_t high = ends.integer(1) + 1;  // the answer, if there is one, lies in [low, high)
  std::optional<ExecutionId> found;
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    Run row = connection->query("SELECT id, started_at FROM execution WHERE id >= ?1 ORDER BY id LIMIT 1", middle);
    const bool is_there = row.next();
    if (!is_there || row.instant(1) >= moment) {
      if (is_there) found = ExecutionId{row.integer(0)};
      high = middle;
    } else {
      low = row.integer(0) + 1;
    }
  }
  return found;
}

}  // namespace stepd::storage::sqlite
