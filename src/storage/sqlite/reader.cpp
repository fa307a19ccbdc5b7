#include "storage/sqlite/reader.h"

#include "storage/sqlite/execution_sums.h"
#include "storage/sqlite/row_seal.h"
#include "storage/stored_text.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <set>
#include <thread>

namespace stepd::storage::sqlite {
namespace {

// A column of a checksum, which is no checksum at all where one was demanded and is not there.
#define STEPD_SUM(sum, id, bound) \
  "CASE WHEN " sum " IS NULL AND " id " > (SELECT " bound " FROM unsealed) THEN -1 ELSE " sum " END"

// A deleted state machine and its closed executions are hidden as soon as the deletion is committed.
#define STEPD_MACHINE_COLUMNS                                                                              \
  "SELECT m.arn, r.revision_id, r.name, r.type, r.role_arn, r.definition, r.configuration, r.created_at, " \
  "r.updated_at, " STEPD_SUM("r.sum", "r.id", "revisions") " FROM machine m JOIN revision r "

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
  if (row.optional_text(9) && row.integer(9) != sum_of_revision(record)) {
    throw StoreError("revision " + record.revision_id + " of " + record.arn +
                     " is damaged: it is not what was written");
  }
  return record;
}

#define STEPD_SUMMARY_COLUMNS                                                                                   \
  "SELECT e.id, e.arn, m.arn, r.revision_id, e.name, e.status, e.started_at, e.stopped_at, e.version, e.alias," \
  " e.redrive_count, e.redriven_at, e.status = 1 AND EXISTS (SELECT 1 FROM quarantine WHERE execution = e.id)"
#define STEPD_SUMMARY_SUM ", " STEPD_SUM("e.sum", "e.id", "executions") ", "
#define STEPD_SEALED                                                        \
  ", " STEPD_IS_SEALED("e.input_payload", "payloads") ", " STEPD_IS_SEALED( \
      "e.output_payload", "payloads") ", " STEPD_IS_SEALED("e.id", "executions")
#define STEPD_LISTED_COLUMNS STEPD_SUMMARY_COLUMNS STEPD_SUMMARY_SUM STEPD_SUMMARY_SUMMED_COLUMNS
#define STEPD_EXECUTION_COLUMNS                                                                                     \
  STEPD_SUMMARY_COLUMNS                                                                                             \
  ", e.trace_header, e.redrive_tokens, e.error, e.cause, e.input, e.output, e.input_payload, e.output_payload,"     \
  " (SELECT data FROM payload WHERE id = e.input_payload), (SELECT data FROM payload WHERE id = e.output_payload)," \
  " q.at, q.state, q.cause" STEPD_SUMMARY_SUM "e.text_sum, " STEPD_SUMMED_COLUMNS STEPD_SEALED
#define STEPD_EXECUTION_JOINS " JOIN machine m ON m.id = e.machine JOIN revision r ON r.id = e.revision "
#define STEPD_QUARANTINE_JOIN " LEFT JOIN quarantine q ON q.execution = e.id "
#define STEPD_VISIBLE " (m.deleting = 0 OR e.status = 1) "

void read_summary(const Run& row, ExecutionSummary& summary) {
  summary.id = ExecutionId{row.integer(0)};
  summary.arn = row.text(1);
  summary.state_machine_arn = row.text(2);
  summary.revision_id = row.text(3);
  summary.name = row.text(4);
  summary.status = static_cast<ExecutionStatus>(row.integer(5));
  summary.started_at = row.instant(6);
  summary.stopped_at = row.optional_instant(7);
  summary.machine_version = static_cast<std::uint32_t>(row.integer(8));
  summary.machine_alias = row.text(9);
  summary.redrive_count = static_cast<std::uint32_t>(row.integer(10));
  summary.redriven_at = row.optional_instant(11);
  summary.quarantined = row.integer(12) != 0;
}

constexpr int kSummaryColumns = 13;

struct SeenRows {
  std::size_t count = 0;
  ExecutionId last{};
};

/// One that is not what was written is left out, so that it costs the list itself alone.
SeenRows read_summaries(Run rows, std::vector<ExecutionSummary>& found) {
  SeenRows seen;
  while (rows.next()) {
    ++seen.count;
    seen.last = ExecutionId{rows.integer(0)};
    const bool summed = rows.optional_text(kSummaryColumns).has_value();
    if (summed && rows.integer(kSummaryColumns) != sum_of_summary(rows, kSummaryColumns + 1)) {
      spdlog::error("the row of execution number {} is damaged, and a list leaves it out: see stepd doctor",
                    rows.integer(0));
      continue;
    }
    read_summary(rows, found.emplace_back());
  }
  return seen;
}

/// The column is one of STEPD_IS_SEALED.
Seal seal_of(const Run& row, int column) { return row.integer(column) != 0 ? Seal::Demanded : Seal::Optional; }

std::string unsealed_payload(PayloadId id, std::string bytes, Seal seal) {
  return unseal_row({SealedColumn::Payload, 0, static_cast<std::int64_t>(id)}, std::move(bytes), seal);
}

std::string payload_text(PayloadId id, std::optional<std::string> packed, Seal seal) {
  if (packed) packed = unsealed_payload(id, *std::move(packed), seal);
  return text_of_payload(id, packed ? &*packed : nullptr);
}

void check_sums(const Run& row) {
  if (!row.optional_text(26)) return;  // written before there were any
  const auto sums = sums_of_execution(row, 28);
  if (row.integer(26) == sums.summary && row.integer(27) == sums.texts) return;
  throw StoreError("the row of execution " + std::to_string(row.integer(0)) +
                   " is damaged: it is not what was written");
}

ExecutionRecord execution_of(const Run& row) {
  check_sums(row);
  ExecutionRecord record;
  read_summary(row, record);
  record.trace_header = row.text(13);
  record.redrive_tokens = row.text(14);
  record.error = row.optional_text(15);
  record.cause = row.optional_text(16);
  record.input = row.text(17);
  record.output = row.optional_text(18);
  record.input_id = PayloadId{row.integer(19)};
  record.output_id = PayloadId{row.integer(20)};
  if (record.input_id != PayloadId{})
    record.input = payload_text(record.input_id, row.optional_text(21), seal_of(row, 48));
  if (record.output_id != PayloadId{})
    record.output = payload_text(record.output_id, row.optional_text(22), seal_of(row, 49));
  if (record.quarantined) record.quarantine = {record.id, row.instant(23), row.text(24), row.text(25)};
  return record;
}

constexpr int kExecutionColumns = 51;

OpenExecution open_of(Connection& connection, const Run& row) {
  OpenExecution open;
  open.record = execution_of(row);
  open.version = static_cast<std::uint64_t>(row.integer(kExecutionColumns));
  const auto id = static_cast<std::int64_t>(open.record.id);
  const auto seal = seal_of(row, kExecutionColumns - 1);
  open.head =
      unseal_row({SealedColumn::Head, id, row.integer(kExecutionColumns)}, row.text(kExecutionColumns + 1), seal);
  Run frames = connection.query("SELECT id, data FROM frame WHERE execution = ?1 ORDER BY id", open.record.id);
  while (frames.next()) {
    open.frames.push_back({static_cast<std::uint32_t>(frames.integer(0)),
                           unseal_row({SealedColumn::Frame, id, frames.integer(0)}, frames.text(1), seal)});
  }
  return open;
}

/// Looks at the head of an open execution only: that of a closed one may be left over on a damaged page.
std::optional<OpenExecution> load_one(Connection& connection, ExecutionId id) {
  Run row = connection.query(
      STEPD_EXECUTION_COLUMNS
      ", n.version, n.head FROM execution e CROSS JOIN running n ON n.execution = e.id" STEPD_EXECUTION_JOINS
          STEPD_QUARANTINE_JOIN "WHERE e.id = ?1 AND e.status = 1",
      id);
  if (!row.next()) return std::nullopt;
  return open_of(connection, row);
}

/// By an index that an ending changes, so that damage to what a step writes hides no execution.
std::vector<ExecutionId> open_ids(Connection& connection) {
  std::vector<ExecutionId> ids;
  Run rows = connection.query("SELECT id FROM execution INDEXED BY execution_unusual WHERE status = 1 AND status <> 2");
  while (rows.next()) ids.push_back(ExecutionId{rows.integer(0)});
  std::sort(ids.begin(), ids.end());
  return ids;
}

/// Empty if the row cannot be read.
std::string arn_of(Connection& connection, ExecutionId id) {
  try {
    Run row = connection.query("SELECT arn FROM execution WHERE id = ?1", id);
    return row.next() ? row.text(0) : std::string();
  } catch (const SqliteError& error) {
    if (!error.is_damage()) throw;
    return {};
  }
}

}  // namespace

// ---- the pool -----------------------------------------------------------------------------------------------------

ReaderPool::Lease ReaderPool::borrow() {
  {
    const MutexLock lock(mutex_);
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return {*this, std::move(connection)};
    }
  }
  auto connection = std::make_unique<Connection>(file_, Access::ReadOnly);
  // Another file at that place would answer for a store that nobody writes to.
  if (const auto trouble = watch_.trouble()) throw StoreError(*trouble, Hope::Good);
  connection->script(
      "PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -8192; PRAGMA cell_size_check = ON");
  return {*this, std::move(connection)};
}

void ReaderPool::give_back(std::unique_ptr<Connection> connection) noexcept {
  connection->roll_back();
  try {
    const MutexLock lock(mutex_);
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
  Run row = connection->query(STEPD_EXECUTION_COLUMNS " FROM execution e" STEPD_EXECUTION_JOINS STEPD_QUARANTINE_JOIN
                                                      "WHERE e.arn = ?1 AND" STEPD_VISIBLE,
                              arn);
  if (!row.next()) return std::nullopt;
  return execution_of(row);
}

std::vector<QuarantinedExecution> SqliteReader::quarantined(ExecutionId after, std::size_t limit) const {
  const auto connection = pool_.borrow();
  std::vector<QuarantinedExecution> found;
  Run rows = connection->query(
      "SELECT e.arn, q.execution, q.at, q.state, q.cause FROM quarantine q JOIN execution e ON e.id = q.execution"
      " WHERE q.execution > ?1 ORDER BY q.execution LIMIT ?2",
      after, limit);
  while (rows.next()) {
    found.push_back({rows.text(0), {ExecutionId{rows.integer(1)}, rows.instant(2), rows.text(3), rows.text(4)}});
  }
  return found;
}

std::vector<PayloadRecord> SqliteReader::payloads(std::span<const PayloadId> ids) const {
  const std::set<PayloadId> wanted(ids.begin(), ids.end());
  const auto connection = pool_.borrow();
  const Snapshot snapshot(*connection);
  std::vector<PayloadRecord> found;
  for (const auto id : wanted) {
    Run row = connection->query("SELECT data, " STEPD_IS_SEALED("id", "payloads") " FROM payload WHERE id = ?1", id);
    if (row.next()) found.push_back({id, unsealed_payload(id, row.text(0), seal_of(row, 1))});
  }
  return found;
}

namespace {

/// Those that a version or an alias started: few enough that their status is found by walking.
SeenRows qualified_executions(Connection& connection, const ExecutionQuery& query, ExecutionId before,
                              std::size_t limit, std::vector<ExecutionSummary>& found) {
  const char* sql =
      query.machine_alias ? STEPD_LISTED_COLUMNS
          " FROM execution e INDEXED BY execution_alias" STEPD_EXECUTION_JOINS
          "WHERE e.machine = (SELECT id FROM machine WHERE arn = ?1) AND (?2 IS NULL OR e.status = ?2) AND e.id < ?3"
          " AND e.alias <> '' AND e.alias = ?5 AND (?6 IS NULL OR e.version = ?6) AND" STEPD_VISIBLE
          "ORDER BY e.id DESC LIMIT ?4"
                          : STEPD_LISTED_COLUMNS
          " FROM execution e INDEXED BY execution_version" STEPD_EXECUTION_JOINS
          "WHERE e.machine = (SELECT id FROM machine WHERE arn = ?1) AND (?2 IS NULL OR e.status = ?2) AND e.id < ?3"
          " AND ?5 IS NULL AND e.version <> 0 AND e.version = ?6 AND" STEPD_VISIBLE "ORDER BY e.id DESC LIMIT ?4";
  return read_summaries(connection.query(sql, query.state_machine_arn, query.status, before, limit, query.machine_alias,
                                         query.machine_version),
                        found);
}

SeenRows read_executions(Connection& connection, const ExecutionQuery& query, ExecutionId before, std::size_t limit,
                         std::vector<ExecutionSummary>& found) {
  if (query.machine_alias || query.machine_version) {
    return qualified_executions(connection, query, before, limit, found);
  }
  // One statement per case: each is answered in the order of an index. Succeeded is nearly all, so it is the one status
  // that is found by walking.
  const bool is_unusual = query.status && *query.status != ExecutionStatus::Succeeded;
  const char* sql =
      query.state_machine_arn
          ? (is_unusual ? STEPD_LISTED_COLUMNS
                 " FROM execution e INDEXED BY execution_unusual" STEPD_EXECUTION_JOINS
                 "WHERE e.machine = (SELECT id FROM machine WHERE arn = ?1) AND e.status = ?2 AND e.status <> 2"
                 " AND e.id < ?3 AND" STEPD_VISIBLE "ORDER BY e.id DESC LIMIT ?4"
                        : STEPD_LISTED_COLUMNS
                 " FROM execution e INDEXED BY execution_machine" STEPD_EXECUTION_JOINS
                 "WHERE e.machine = (SELECT id FROM machine WHERE arn = ?1) AND (?2 IS NULL OR e.status = ?2)"
                 " AND e.id < ?3 AND" STEPD_VISIBLE "ORDER BY e.id DESC LIMIT ?4")
          : (is_unusual ? STEPD_LISTED_COLUMNS " FROM execution e INDEXED BY execution_unusual" STEPD_EXECUTION_JOINS
                                               "WHERE ?1 IS NULL AND e.status = ?2 AND e.status <> 2"
                                               " AND e.id < ?3 AND" STEPD_VISIBLE "ORDER BY e.id DESC LIMIT ?4"
                        : STEPD_LISTED_COLUMNS " FROM execution e NOT INDEXED" STEPD_EXECUTION_JOINS
                                               "WHERE ?1 IS NULL AND (?2 IS NULL OR e.status = ?2)"
                                               " AND e.id < ?3 AND" STEPD_VISIBLE "ORDER BY e.id DESC LIMIT ?4");
  return read_summaries(connection.query(sql, query.state_machine_arn, query.status, before, limit), found);
}

}  // namespace

std::vector<ExecutionSummary> SqliteReader::executions(const ExecutionQuery& query) const {
  const auto connection = pool_.borrow();
  std::vector<ExecutionSummary> found;
  auto before = query.before.value_or(ExecutionId{std::numeric_limits<std::int64_t>::max()});
  while (found.size() < query.limit) {
    const auto asked = query.limit - found.size();
    const auto seen = read_executions(*connection, query, before, asked, found);
    if (seen.count < asked) break;
    before = seen.last;
  }
  return found;
}

// ---- arrivals -----------------------------------------------------------------------------------------------------

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

// ---- outbox -------------------------------------------------------------------------------------------------------

std::vector<OutboxHead> SqliteReader::outbox(const std::string& destination, std::size_t limit) const {
  const auto connection = pool_.borrow();
  std::vector<OutboxHead> found;
  Run rows = connection->query(
      "SELECT id, attempts, not_before FROM outbox WHERE destination = ?1 ORDER BY not_before, number LIMIT ?2",
      destination, limit);
  while (rows.next()) {
    found.push_back({rows.text(0), static_cast<unsigned>(rows.integer(1)), rows.instant(2)});
  }
  return found;
}

std::optional<std::string> SqliteReader::outbox_body(const std::string& destination, const std::string& id) const {
  const auto connection = pool_.borrow();
  Run row = connection->query("SELECT body FROM outbox WHERE destination = ?1 AND id = ?2", destination, id);
  if (!row.next()) return std::nullopt;
  return row.text(0);
}

/// From one destination to the next by the index, however many messages lie between them.
std::vector<std::string> SqliteReader::outbox_destinations() const {
  const auto connection = pool_.borrow();
  std::vector<std::string> found;
  Run rows = connection->query(
      "WITH RECURSIVE each (destination) AS (SELECT min(destination) FROM outbox UNION ALL"
      " SELECT (SELECT min(destination) FROM outbox WHERE destination > each.destination) FROM each"
      " WHERE each.destination IS NOT NULL) SELECT destination FROM each WHERE destination IS NOT NULL");
  while (rows.next()) found.push_back(rows.text(0));
  return found;
}

OutboxTally SqliteReader::tally_outbox() const {
  const auto connection = pool_.borrow();
  Run row = connection->query("SELECT messages, bytes, dropped FROM outbox_tally");
  if (!row.next()) return {};
  return {static_cast<std::size_t>(row.integer(0)), static_cast<std::size_t>(row.integer(1)),
          static_cast<std::uint64_t>(row.integer(2))};
}

// ---- restart ------------------------------------------------------------------------------------------------------

namespace {

constexpr unsigned kReadsAtStart = 4;
constexpr std::chrono::milliseconds kPauseAtStart{50};

}  // namespace

void SqliteReader::load_open(const std::function<void(OpenExecution)>& each, const Unreadable& unreadable) const {
  const auto connection = pool_.borrow();
  const Snapshot snapshot(*connection);
  for (const auto id : open_ids(*connection)) {
    std::optional<OpenExecution> open;
    std::string why = "its standing is not there";
    for (unsigned attempt = 1;; ++attempt) {
      try {
        open = load_one(*connection, id);
      } catch (const SqliteError& error) {
        if (!error.is_damage()) throw;
        why = error.what();
        // A disk that does not answer once is asked again before an execution is given up for it.
        if (error.hope() != Hope::None && attempt < kReadsAtStart) {
          std::this_thread::sleep_for(attempt * kPauseAtStart);
          continue;
        }
      } catch (const StoreError& error) {
        why = error.what();
      }
      break;
    }
    if (open) {
      each(*std::move(open));
    } else {
      unreadable(id, arn_of(*connection, id), why);
    }
  }
}

std::optional<OpenExecution> SqliteReader::load(ExecutionId id) const {
  const auto connection = pool_.borrow();
  const Snapshot snapshot(*connection);
  return load_one(*connection, id);
}

ExecutionId SqliteReader::last_id() const {
  const auto connection = pool_.borrow();
  Run row = connection->query("SELECT seq FROM sqlite_sequence WHERE name = 'execution'");
  return ExecutionId{row.next() ? row.integer(0) : 0};
}

PayloadId SqliteReader::last_payload_id() const {
  const auto connection = pool_.borrow();
  Run row = connection->query("SELECT max(id) FROM payload");
  return PayloadId{row.next() ? row.integer(0) : 0};
}

}  // namespace stepd::storage::sqlite
