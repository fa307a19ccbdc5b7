#include "storage/sqlite/reader.h"

#include <limits>

namespace stepd::storage::sqlite {
namespace {

// A deleted state machine and its closed executions are hidden as soon as the deletion is committed.
#define STEPD_MACHINE_COLUMNS                                                                                          \
  "SELECT m.arn, r.revision_id, r.name, r.type, r.role_arn, r.definition, r.configuration, r.created_at, r.updated_at" \
  " FROM machine m JOIN revision r "

StateMachineRecord machine_of(const Run& row) {
  StateMachineRecord record;
  record.arn = row.text(0);
  record.revision_id = row.text(1);
  record.name = row.text(2);
  record.type = static_cast<StateMachineType>(row.integer(3));
  record.role_arn = row.text(4);
  record.definition = row.text(5);
  record.configuration = row.text(6);
  record.created_at = row.instant(7);
  record.updated_at = row.instant(8);
  return record;
}

#define STEPD_EXECUTION_COLUMNS                                                                             \
  "SELECT e.id, e.arn, m.arn, r.revision_id, e.name, e.status, e.started_at, e.stopped_at, e.trace_header," \
  " e.error, e.cause, e.input, e.output, e.version, e.alias, e.redrive_count, e.redriven_at, e.redrive_tokens"
#define STEPD_EXECUTION_JOINS " JOIN machine m ON m.id = e.machine JOIN revision r ON r.id = e.revision "
#define STEPD_VISIBLE " (m.deleting = 0 OR e.status = 1) "

ExecutionRecord execution_of(const Run& row) {
  ExecutionRecord record;
  record.id = ExecutionId{row.integer(0)};
  record.arn = row.text(1);
  record.state_machine_arn = row.text(2);
  record.revision_id = row.text(3);
  record.name = row.text(4);
  record.status = static_cast<ExecutionStatus>(row.integer(5));
  record.started_at = row.instant(6);
  record.stopped_at = row.optional_instant(7);
  record.trace_header = row.text(8);
  record.error = row.optional_text(9);
  record.cause = row.optional_text(10);
  record.input = row.text(11);
  record.output = row.optional_text(12);
  record.machine_version = static_cast<std::uint32_t>(row.integer(13));
  record.machine_alias = row.text(14);
  record.redrive_count = static_cast<std::uint32_t>(row.integer(15));
  record.redriven_at = row.optional_instant(16);
  record.redrive_tokens = row.text(17);
  return record;
}

constexpr int kExecutionColumns = 18;

OpenExecution open_of(Connection& connection, const Run& row) {
  OpenExecution open;
  open.record = execution_of(row);
  open.version = static_cast<std::uint64_t>(row.integer(kExecutionColumns));
  open.head = row.text(kExecutionColumns + 1);
  Run frames = connection.query("SELECT id, data FROM frame WHERE execution = ?1 ORDER BY id", open.record.id);
  while (frames.next()) open.frames.push_back({static_cast<std::uint32_t>(frames.integer(0)), frames.text(1)});
  return open;
}

}  // namespace

// ---- the pool -----------------------------------------------------------------------------------------------------

ReaderPool::Lease ReaderPool::borrow() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return {*this, std::move(connection)};
    }
  }
  auto connection = std::make_unique<Connection>(file_, Access::ReadOnly);
  connection->script("PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -8192");
  return {*this, std::move(connection)};
}

void ReaderPool::give_back(std::unique_ptr<Connection> connection) noexcept {
  connection->roll_back();
  try {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(connection));
  } catch (const std::bad_alloc&) {  // then it is closed
  }
}

// ---- state machines -----------------------------------------------------------------------------------------------

std::optional<StateMachineRecord> SqliteReader::state_machine(const std::string& arn) const {
  const auto connection = pool_.borrow();
  Run row = connection->query(STEPD_MACHINE_COLUMNS "ON r.id = m.newest WHERE m.arn = ?1 AND m.deleting = 0", arn);
  if (!row.next()) return std::nullopt;
  return machine_of(row);
}

std::optional<StateMachineRecord> SqliteReader::revision(const std::string& arn, const std::string& revision_id) const {
  const auto connection = pool_.borrow();
  Run row = connection->query(STEPD_MACHINE_COLUMNS "ON r.machine = m.id WHERE m.arn = ?1 AND r.revision_id = ?2", arn,
                              revision_id);
  if (!row.next()) return std::nullopt;
  return machine_of(row);
}

std::vector<StateMachineRecord> SqliteReader::state_machines(const std::string& after, std::size_t limit) const {
  const auto connection = pool_.borrow();
  std::vector<StateMachineRecord> found;
  Run rows = connection->query(STEPD_MACHINE_COLUMNS
                               "ON r.id = m.newest WHERE m.arn > ?1 AND m.deleting = 0 ORDER BY m.arn LIMIT ?2",
                               after, limit);
  while (rows.next()) found.push_back(machine_of(rows));
  return found;
}

// ---- versions, aliases, tags --------------------------------------------------------------------------------------

namespace {

#define STEPD_VERSION_COLUMNS                                                                                        \
  "SELECT m.arn, v.number, r.revision_id, v.description, v.created_at FROM machine m JOIN version v ON v.machine = " \
  "m.id JOIN revision r ON r.id = v.revision WHERE m.arn = ?1 AND m.deleting = 0 AND "

VersionRecord version_record_of(const Run& row) {
  return {row.text(0), static_cast<std::uint32_t>(row.integer(1)), row.text(2), row.text(3), row.instant(4)};
}

#define STEPD_ALIAS_COLUMNS                                                                                         \
  "SELECT m.arn, a.name, a.description, a.first_version, a.first_weight, a.second_version, a.second_weight,"        \
  " a.created_at, a.updated_at FROM machine m JOIN alias a ON a.machine = m.id WHERE m.arn = ?1 AND m.deleting = 0" \
  " AND "

AliasRecord alias_of(const Run& row) {
  const auto route = [&](int column) {
    return Route{static_cast<std::uint32_t>(row.integer(column)), static_cast<std::uint32_t>(row.integer(column + 1))};
  };
  AliasRecord record{row.text(0), row.text(1), row.text(2), {route(3)}, row.instant(7), row.instant(8)};
  if (row.optional_text(5)) record.routes.push_back(route(5));
  return record;
}

}  // namespace

std::optional<VersionRecord> SqliteReader::version(const std::string& machine_arn, std::uint32_t number) const {
  const auto connection = pool_.borrow();
  Run row = connection->query(STEPD_VERSION_COLUMNS "v.number = ?2", machine_arn, number);
  return row.next() ? std::optional(version_record_of(row)) : std::nullopt;
}

std::optional<VersionRecord> SqliteReader::version_of(const std::string& machine_arn,
                                                      const std::string& revision_id) const {
  const auto connection = pool_.borrow();
  Run row = connection->query(STEPD_VERSION_COLUMNS "r.revision_id = ?2", machine_arn, revision_id);
  return row.next() ? std::optional(version_record_of(row)) : std::nullopt;
}

std::vector<VersionRecord> SqliteReader::versions(const std::string& machine_arn, std::uint32_t before,
                                                  std::size_t limit) const {
  const auto connection = pool_.borrow();
  std::vector<VersionRecord> found;
  Run rows = connection->query(STEPD_VERSION_COLUMNS "v.number < ?2 ORDER BY v.number DESC LIMIT ?3", machine_arn,
                               before, limit);
  while (rows.next()) found.push_back(version_record_of(rows));
  return found;
}

VersionTally SqliteReader::tally_versions(const std::string& machine_arn) const {
  const auto connection = pool_.borrow();
  Run row = connection->query(
      "SELECT (SELECT count(*) FROM version WHERE machine = m.id), m.last_version FROM machine m"
      " WHERE m.arn = ?1 AND m.deleting = 0",
      machine_arn);
  if (!row.next()) return {};
  return {static_cast<std::uint32_t>(row.integer(0)), static_cast<std::uint32_t>(row.integer(1))};
}

std::optional<AliasRecord> SqliteReader::alias(const std::string& machine_arn, const std::string& name) const {
  const auto connection = pool_.borrow();
  Run row = connection->query(STEPD_ALIAS_COLUMNS "a.name = ?2", machine_arn, name);
  return row.next() ? std::optional(alias_of(row)) : std::nullopt;
}

std::vector<AliasRecord> SqliteReader::aliases(const std::string& machine_arn, const std::string& after,
                                               std::size_t limit) const {
  const auto connection = pool_.borrow();
  std::vector<AliasRecord> found;
  Run rows = connection->query(STEPD_ALIAS_COLUMNS "a.name > ?2 ORDER BY a.name LIMIT ?3", machine_arn, after, limit);
  while (rows.next()) found.push_back(alias_of(rows));
  return found;
}

std::optional<ActivityRecord> SqliteReader::activity(const std::string& arn) const {
  const auto connection = pool_.borrow();
  Run row = connection->query("SELECT arn, name, configuration, created_at FROM activity WHERE arn = ?1", arn);
  if (!row.next()) return std::nullopt;
  return ActivityRecord{row.text(0), row.text(1), row.text(2), row.instant(3)};
}

std::vector<ActivityRecord> SqliteReader::activities(const std::string& after, std::size_t limit) const {
  const auto connection = pool_.borrow();
  std::vector<ActivityRecord> found;
  Run rows = connection->query(
      "SELECT arn, name, configuration, created_at FROM activity WHERE arn > ?1 ORDER BY arn LIMIT ?2", after, limit);
  while (rows.next()) found.push_back({rows.text(0), rows.text(1), rows.text(2), rows.instant(3)});
  return found;
}

std::vector<Tag> SqliteReader::tags(const std::string& resource_arn) const {
  const auto connection = pool_.borrow();
  std::vector<Tag> found;
  Run rows = connection->query("SELECT key, value FROM tag WHERE resource = ?1 ORDER BY key", resource_arn);
  while (rows.next()) found.push_back({rows.text(0), rows.text(1)});
  return found;
}

// ---- executions ---------------------------------------------------------------------------------------------------

std::optional<ExecutionRecord> SqliteReader::execution(const std::string& arn) const {
  const auto connection = pool_.borrow();
  Run row = connection->query(
      STEPD_EXECUTION_COLUMNS " FROM execution e" STEPD_EXECUTION_JOINS "WHERE e.arn = ?1 AND" STEPD_VISIBLE, arn);
  if (!row.next()) return std::nullopt;
  return execution_of(row);
}

namespace {

/// Those that a version or an alias started: few enough that their status is found by walking.
std::vector<ExecutionRecord> qualified_executions(Connection& connection, const ExecutionQuery& query,
                                                  ExecutionId before) {
  const char* sql =
      query.machine_alias ? STEPD_EXECUTION_COLUMNS
          " FROM execution e INDEXED BY execution_alias" STEPD_EXECUTION_JOINS
          "WHERE e.machine = (SELECT id FROM machine WHERE arn = ?1) AND (?2 IS NULL OR e.status = ?2) AND e.id < ?3"
          " AND e.alias <> '' AND e.alias = ?5 AND (?6 IS NULL OR e.version = ?6) AND" STEPD_VISIBLE
          "ORDER BY e.id DESC LIMIT ?4"
                          : STEPD_EXECUTION_COLUMNS
          " FROM execution e INDEXED BY execution_version" STEPD_EXECUTION_JOINS
          "WHERE e.machine = (SELECT id FROM machine WHERE arn = ?1) AND (?2 IS NULL OR e.status = ?2) AND e.id < ?3"
          " AND ?5 IS NULL AND e.version <> 0 AND e.version = ?6 AND" STEPD_VISIBLE "ORDER BY e.id DESC LIMIT ?4";
  std::vector<ExecutionRecord> found;
  Run rows = connection.query(sql, query.state_machine_arn, query.status, before, query.limit, query.machine_alias,
                              query.machine_version);
  while (rows.next()) found.push_back(execution_of(rows));
  return found;
}

}  // namespace

std::vector<ExecutionRecord> SqliteReader::executions(const ExecutionQuery& query) const {
  const auto connection = pool_.borrow();
  const auto before = query.before.value_or(ExecutionId{std::numeric_limits<std::int64_t>::max()});
  if (query.machine_alias || query.machine_version) return qualified_executions(*connection, query, before);
  // One statement per case: each is answered in the order of an index. Succeeded is nearly all, so it is the one status
  // that is found by walking.
  const bool is_unusual = query.status && *query.status != ExecutionStatus::Succeeded;
  const char* sql =
      query.state_machine_arn
          ? (is_unusual ? STEPD_EXECUTION_COLUMNS
                 " FROM execution e INDEXED BY execution_unusual" STEPD_EXECUTION_JOINS
                 "WHERE e.machine = (SELECT id FROM machine WHERE arn = ?1) AND e.status = ?2 AND e.status <> 2"
                 " AND e.id < ?3 AND" STEPD_VISIBLE "ORDER BY e.id DESC LIMIT ?4"
                        : STEPD_EXECUTION_COLUMNS
                 " FROM execution e INDEXED BY execution_machine" STEPD_EXECUTION_JOINS
                 "WHERE e.machine = (SELECT id FROM machine WHERE arn = ?1) AND (?2 IS NULL OR e.status = ?2)"
                 " AND e.id < ?3 AND" STEPD_VISIBLE "ORDER BY e.id DESC LIMIT ?4")
          : (is_unusual ? STEPD_EXECUTION_COLUMNS " FROM execution e INDEXED BY execution_unusual" STEPD_EXECUTION_JOINS
                                                  "WHERE ?1 IS NULL AND e.status = ?2 AND e.status <> 2"
                                                  " AND e.id < ?3 AND" STEPD_VISIBLE "ORDER BY e.id DESC LIMIT ?4"
                        : STEPD_EXECUTION_COLUMNS " FROM execution e NOT INDEXED" STEPD_EXECUTION_JOINS
                                                  "WHERE ?1 IS NULL AND (?2 IS NULL OR e.status = ?2)"
                                                  " AND e.id < ?3 AND" STEPD_VISIBLE "ORDER BY e.id DESC LIMIT ?4");
  std::vector<ExecutionRecord> found;
  Run rows = connection->query(sql, query.state_machine_arn, query.status, before, query.limit);
  while (rows.next()) found.push_back(execution_of(rows));
  return found;
}

std::vector<EventRecord> SqliteReader::events(ExecutionId id, std::uint32_t from, std::size_t limit,
                                              bool reverse) const {
  const auto connection = pool_.borrow();
  const char* sql =
      reverse ? "SELECT number, data FROM event WHERE execution = ?1 AND number <= ?2 ORDER BY number DESC LIMIT ?3"
              : "SELECT number, data FROM event WHERE execution = ?1 AND number >= ?2 ORDER BY number LIMIT ?3";
  std::vector<EventRecord> found;
  Run rows = connection->query(sql, id, from, limit);
  while (rows.next()) found.push_back({static_cast<std::uint32_t>(rows.integer(0)), rows.text(1)});
  return found;
}

// ---- items and arrivals -------------------------------------------------------------------------------------------

std::optional<std::string> SqliteReader::item(const std::string& table, const std::string& key) const {
  const auto connection = pool_.borrow();
  Run row = connection->query("SELECT data FROM item WHERE collection = ?1 AND key = ?2", table, key);
  if (!row.next()) return std::nullopt;
  return row.text(0);
}

std::vector<ItemRecord> SqliteReader::items(const std::string& table, const std::string& prefix,
                                            const std::string& after, std::size_t limit) const {
  const auto connection = pool_.borrow();
  std::vector<ItemRecord> found;
  Run rows = connection->query(
      "SELECT key, data FROM item WHERE collection = ?1 AND key >= ?2 AND key > ?3 ORDER BY key LIMIT ?4", table,
      prefix, after, limit);
  while (rows.next()) {
    auto key = rows.text(0);
    if (!key.starts_with(prefix)) break;
    found.push_back({std::move(key), rows.text(1)});
  }
  return found;
}

std::optional<ChangedItem> SqliteReader::changed_item(const std::string& attempt) const {
  const auto connection = pool_.borrow();
  Run row = connection->query("SELECT before, after FROM item_change WHERE attempt = ?1", attempt);
  if (!row.next()) return std::nullopt;
  return ChangedItem{row.optional_text(0), row.optional_text(1)};
}

std::optional<std::string> SqliteReader::arrival(const std::string& bucket, const std::string& key) const {
  const auto connection = pool_.borrow();
  Run row = connection->query("SELECT identity FROM arrival WHERE bucket = ?1 AND key = ?2", bucket, key);
  if (!row.next()) return std::nullopt;
  return row.text(0);
}

std::vector<std::string> SqliteReader::arrivals(const std::string& bucket, const std::string& after,
                                                std::size_t limit) const {
  const auto connection = pool_.borrow();
  std::vector<std::string> found;
  Run rows = connection->query("SELECT key FROM arrival WHERE bucket = ?1 AND key > ?2 ORDER BY key LIMIT ?3", bucket,
                               after, limit);
  while (rows.next()) found.push_back(rows.text(0));
  return found;
}

// ---- restart ------------------------------------------------------------------------------------------------------

void SqliteReader::load_open(const std::function<void(OpenExecution)>& each) const {
  const auto connection = pool_.borrow();
  const Snapshot snapshot(*connection);
  Run rows = connection->query(
      STEPD_EXECUTION_COLUMNS
      ", n.version, n.head FROM running n CROSS JOIN execution e ON e.id = n.execution" STEPD_EXECUTION_JOINS
      "ORDER BY n.execution");
  while (rows.next()) each(open_of(*connection, rows));
}

std::optional<OpenExecution> SqliteReader::load(ExecutionId id) const {
  const auto connection = pool_.borrow();
  const Snapshot snapshot(*connection);
  Run row = connection->query(
      STEPD_EXECUTION_COLUMNS
      ", n.version, n.head FROM running n CROSS JOIN execution e ON e.id = n.execution" STEPD_EXECUTION_JOINS
      "WHERE n.execution = ?1",
      id);
  if (!row.next()) return std::nullopt;
  return open_of(*connection, row);
}

ExecutionId SqliteReader::last_id() const {
  const auto connection = pool_.borrow();
  Run row = connection->query("SELECT seq FROM sqlite_sequence WHERE name = 'execution'");
  return ExecutionId{row.next() ? row.integer(0) : 0};
}

}  // namespace stepd::storage::sqlite
