#include "storage/sqlite/purge.h"

#include "storage/sqlite/payload_list.h"
#include "storage/sqlite/sqlite_connection.h"

#include <spdlog/spdlog.h>
#include <algorithm>
#include <optional>

namespace stepd::storage::sqlite {
namespace {

constexpr std::int64_t kRowBytes = 8'192;

/// Answers how many rows it counts for. A payload that another event named as well is gone already.
std::size_t remove_payload(Connection& connection, PayloadId id, std::int64_t execution) {
  std::int64_t bytes = 0;
  {
    // length() of a BLOB reads the row's header alone.
    Run row = connection.query("SELECT length(data) FROM payload WHERE id = ?1 AND execution = ?2", id, execution);
    if (!row.next()) return 0;
    bytes = row.integer(0);
  }
  connection.execute("DELETE FROM payload WHERE id = ?1", id);
  return 1 + static_cast<std::size_t>(bytes / kRowBytes);
}

/// Removes events from the first on, with the payloads that they name, until `rows` are used up. True if all are gone.
bool remove_events(Connection& connection, std::int64_t execution, std::size_t& rows) {
  std::int64_t last = 0;
  bool all = true;
  {
    Run events = connection.query("SELECT number, payloads FROM event WHERE execution = ?1 ORDER BY number", execution);
    while (events.next()) {
      if (rows == 0) {
        all = false;
        break;
      }
      last = events.integer(0);
      std::size_t used = 1;
      for (const auto id : payloads_of(events.text(1))) used += remove_payload(connection, id, execution);
      rows -= std::min(rows, used);
    }
  }
  connection.execute("DELETE FROM event WHERE execution = ?1 AND number <= ?2", execution, last);
  return all;
}

std::optional<std::int64_t> next_closed(Connection& connection, std::int64_t machine, std::int64_t after) {
  Run found = connection.query(
      "SELECT id FROM execution INDEXED BY execution_machine WHERE machine = ?1 AND status <> 1 AND id > ?2"
      " ORDER BY id LIMIT 1",
      machine, after);
  return found.next() ? std::optional(found.integer(0)) : std::nullopt;
}

}  // namespace

void Purge::look(Connection& connection) {
  due_.clear();
  watching_ = false;
  Run machines = connection.query("SELECT id FROM machine WHERE deleting = 1");
  while (machines.next()) due_.push_back(machines.integer(0));
}

void Purge::skip() {
  if (present_ != 0 && damaged_.insert(present_).second) {
    spdlog::error("execution {} of a deleted state machine stays: a page that it needs is damaged", present_);
  } else {
    spdlog::error("deleted state machines stay for now: a page of an index is damaged");
    due_.clear();
  }
}

void Purge::step(Connection& connection, std::size_t rows_max) {
  const auto machine = due_.back();
  std::size_t rows = rows_max;
  present_ = 0;
  while (const auto execution = next_closed(connection, machine, present_)) {
    present_ = *execution;
    if (damaged_.contains(present_)) continue;
    if (rows == 0 || !remove_events(connection, *execution, rows)) return;  // there is more
    connection.execute("DELETE FROM execution WHERE id = ?1", *execution);
    rows -= std::min<std::size_t>(rows, 1);
  }

  due_.pop_back();
  Run open = connection.query("SELECT 1 FROM execution WHERE machine = ?1 LIMIT 1", machine);
  if (open.next()) {
    watching_ = true;
    return;
  }
  connection.execute("DELETE FROM revision WHERE machine = ?1", machine);
  connection.execute("DELETE FROM machine WHERE id = ?1", machine);
}

}  // namespace stepd::storage::sqlite
