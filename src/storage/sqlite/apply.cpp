#include "storage/sqlite/apply.h"

#include "storage/sqlite/apply_items.h"
#include "storage/sqlite/packed_events.h"
#include "storage/sqlite/execution_sums.h"
#include "storage/sqlite/payload_list.h"
#include "storage/sqlite/row_seal.h"
#include "storage/sqlite/sqlite_connection.h"
#include "storage/stored_text.h"

#include <algorithm>

namespace stepd::storage::sqlite {
namespace {

Outcome apply_one(Connection& connection, const PutArrival& put) {
  connection.execute("INSERT OR REPLACE INTO arrival (bucket, key, identity, at) VALUES (?1, ?2, ?3, ?4)", put.bucket,
                     put.key, put.identity, put.at);
  return Outcome::Committed;
}

// ---- outbox -------------------------------------------------------------------------------------------------------

bool has_room(Connection& connection, const PutOutbox& put) {
  Run tally = connection.query("SELECT messages, bytes FROM outbox_tally");
  tally.next();
  auto bytes = static_cast<std::size_t>(tally.integer(1));
  for (const auto& record : put.records) bytes += record.body.size();
  const auto messages = static_cast<std::size_t>(tally.integer(0)) + put.records.size();
  return messages <= put.limits.messages && bytes <= put.limits.bytes;
}

Outcome apply_one(Connection& connection, const PutOutbox& put) {
  if (!has_room(connection, put)) return Outcome::Conflict;
  for (const auto& record : put.records) {
    connection.execute(
        "INSERT INTO outbox (destination, id, attempts, not_before, created_at, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        " ON CONFLICT (destination, id) DO NOTHING",
        record.destination, record.id, record.attempts, record.not_before, record.created_at, Blob{record.body});
  }
  return Outcome::Committed;
}

Outcome apply_one(Connection& connection, const RemoveOutbox& remove) {
  connection.execute("DELETE FROM outbox WHERE destination = ?1 AND id = ?2", remove.destination, remove.id);
  return Outcome::Committed;
}

Outcome apply_one(Connection& connection, const RetryOutbox& retry) {
  connection.execute("UPDATE outbox SET attempts = ?3, not_before = ?4 WHERE destination = ?1 AND id = ?2",
                     retry.destination, retry.head.id, retry.head.attempts, retry.head.not_before);
  return Outcome::Committed;
}

/// An execution goes on whether or not its messages find room.
void put_or_count(Connection& connection, const PutOutbox& put) {
  if (put.records.empty() || apply_one(connection, put) == Outcome::Committed) return;
  connection.execute("UPDATE outbox_tally SET dropped = dropped + ?1", put.records.size());
}

// ---- executions ---------------------------------------------------------------------------------------------------

std::string sealed_head(const ExecutionDelta& delta, std::uint64_t version) {
  return seal_row({SealedColumn::Head, static_cast<std::int64_t>(delta.id), static_cast<std::int64_t>(version)},
                  delta.head);
}

/// The text that the row itself keeps: none if a payload has it.
std::optional<std::string_view> inline_output(const Ending& ending) {
  if (ending.output_id != PayloadId{} || !ending.output) return std::nullopt;
  return *ending.output;
}

Outcome create(Connection& connection, const ExecutionDelta& delta) {
  const auto& record = *delta.created;
  if (delta.expected_version != 0 || record.id != delta.id) return Outcome::Conflict;

  Run revision = connection.query(
      "SELECT r.id, r.machine FROM machine m JOIN revision r ON r.machine = m.id"
      " WHERE m.arn = ?1 AND m.deleting = 0 AND r.revision_id = ?2",
      record.state_machine_arn, record.revision_id);
  if (!revision.next()) return Outcome::Conflict;

  // An execution may begin and end in one turn.
  const auto status = delta.ended ? delta.ended->status : record.status;
  const Ending ending = delta.ended.value_or(Ending{record.status, record.stopped_at.value_or(Instant{}), record.output,
                                                    record.error, record.cause, record.output_id});
  const std::string_view input = record.input_id == PayloadId{} ? std::string_view(record.input) : std::string_view();
  const auto stopped_at = delta.ended ? std::optional(ending.stopped_at) : record.stopped_at;
  const int inserted = connection.execute(
      "INSERT INTO execution (id, arn, machine, revision, name, status, started_at, stopped_at, trace_header, error,"
      " cause, input, output, version, alias, input_payload, output_payload, sum, text_sum)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,"
      " execution_sum(?1, ?3, ?4, ?6, ?7, ?8, ?14, 0, NULL, ?16, ?17, ?2, ?5, ?15),"
      " execution_text_sum(?1, ?9, '', ?10, ?11, ?12, ?13))"
      " ON CONFLICT (arn) DO NOTHING",
      delta.id, record.arn, revision.integer(1), revision.integer(0), record.name, status, record.started_at,
      stopped_at, record.trace_header, ending.error, ending.cause, input, inline_output(ending), record.machine_version,
      record.machine_alias, record.input_id, ending.output_id);
  if (inserted == 0) return Outcome::NameTaken;
  if (!delta.ended) {
    const auto head = sealed_head(delta, 1);
    connection.execute("INSERT INTO running (execution, version, head) VALUES (?1, 1, ?2)", delta.id, Blob{head});
  }
  return Outcome::Committed;
}

Outcome reopen(Connection& connection, const ExecutionDelta& delta) {
  const auto& redriven = *delta.redriven;
  const int reopened = connection.execute(
      "UPDATE execution SET status = 1, stopped_at = NULL, output = NULL, output_payload = 0, error = NULL,"
      " cause = NULL, redrive_count = ?2, redriven_at = ?3, redrive_tokens = ?4,"
      " sum = execution_sum(id, machine, revision, 1, started_at, NULL, version, ?2, ?3, input_payload, 0, arn, name,"
      " alias), text_sum = execution_text_sum(id, trace_header, ?4, NULL, NULL, input, NULL)"
      " WHERE id = ?1 AND status NOT IN (1, 2) AND redrive_count = ?2 - 1"
      " AND NOT EXISTS (SELECT 1 FROM machine m WHERE m.id = machine AND m.deleting = 1)",
      delta.id, redriven.count, redriven.at, redriven.tokens);
  if (reopened == 0 || delta.expected_version != 0) return Outcome::Conflict;
  const std::int64_t version = delta.ended ? 0 : 1;
  const auto head = sealed_head(delta, static_cast<std::uint64_t>(version));
  connection.execute("INSERT INTO running (execution, version, head) VALUES (?1, ?2, ?3)", delta.id, version,
                     Blob{head});
  return Outcome::Committed;
}

/// Whether there was one.
bool lift_quarantine(Connection& connection, ExecutionId id) {
  return connection.execute("DELETE FROM quarantine WHERE execution = ?1", id) != 0;
}

/// Removes what only an open execution has; Conflict if it is not open, or not at that version.
Outcome close(Connection& connection, const ExecutionDelta& delta) {
  const bool quarantined = lift_quarantine(connection, delta.id);
  if (delta.any_version && !quarantined) return Outcome::Conflict;
  const int removed = connection.execute("DELETE FROM running WHERE execution = ?1 AND (?3 OR version = ?2)", delta.id,
                                         delta.expected_version, delta.any_version);
  if (removed == 0) return Outcome::Conflict;
  connection.execute("DELETE FROM frame WHERE execution = ?1", delta.id);
  forget_item_changes(connection, delta.id);
  return Outcome::Committed;
}

void set_ending(Connection& connection, ExecutionId id, const Ending& ending) {
  connection.execute(
      "UPDATE execution SET status = ?2, stopped_at = ?3, output = ?4, error = ?5, cause = ?6, output_payload = ?7,"
      " sum = execution_sum(id, machine, revision, ?2, started_at, ?3, version, redrive_count, redriven_at,"
      " input_payload, ?7, arn, name, alias),"
      " text_sum = execution_text_sum(id, trace_header, redrive_tokens, ?5, ?6, input, ?4) WHERE id = ?1",
      id, ending.status, ending.stopped_at, inline_output(ending), ending.error, ending.cause, ending.output_id);
}

Outcome advance(Connection& connection, const ExecutionDelta& delta) {
  if (!delta.ended) {
    const auto head = sealed_head(delta, delta.expected_version + 1);
    const int updated =
        connection.execute("UPDATE running SET version = version + 1, head = ?3 WHERE execution = ?1 AND version = ?2",
                           delta.id, delta.expected_version, Blob{head});
    return updated == 1 ? Outcome::Committed : Outcome::Conflict;
  }
  if (const auto closed = close(connection, delta); closed != Outcome::Committed) return closed;
  set_ending(connection, delta.id, *delta.ended);
  return Outcome::Committed;
}

Outcome write_execution(Connection& connection, const ExecutionDelta& delta) {
  if (delta.any_version && (!delta.ended || delta.created || delta.redriven)) return Outcome::Conflict;
  if (delta.created) return create(connection, delta);
  if (!delta.redriven) return advance(connection, delta);
  const auto reopened = reopen(connection, delta);
  // It may end again in the same turn.
  return reopened == Outcome::Committed && delta.ended ? advance(connection, delta) : reopened;
}

/// Whether a payload that the delta names is one of the execution's, those of the delta included.
bool has_payload(Connection& connection, const ExecutionDelta& delta, PayloadId id) {
  if (id == PayloadId{}) return true;
  const auto is_added = [&](const PayloadRecord& payload) { return payload.id == id; };
  if (std::any_of(delta.payloads.begin(), delta.payloads.end(), is_added)) return true;
  Run row = connection.query("SELECT 1 FROM payload WHERE id = ?1 AND execution = ?2", id, delta.id);
  return row.next();
}

/// Whether the events follow each other and all that are stored.
bool continue_history(Connection& connection, const ExecutionDelta& delta) {
  const auto is_out_of_order = [](const EventRecord& one, const EventRecord& next) {
    return one.number >= next.number;
  };
  if (std::adjacent_find(delta.events.begin(), delta.events.end(), is_out_of_order) != delta.events.end()) return false;
  if (delta.created || delta.events.empty()) return true;
  Run row = connection.query("SELECT 1 FROM event WHERE execution = ?1 AND number >= ?2 LIMIT 1", delta.id,
                             delta.events.front().number);
  return !row.next();
}

/// The events and the payloads. The first row names the payloads, so that they are found when the execution goes.
Outcome write_history(Connection& connection, const ExecutionDelta& delta) {
  if (delta.created && !has_payload(connection, delta, delta.created->input_id)) return Outcome::Conflict;
  if (delta.ended && !has_payload(connection, delta, delta.ended->output_id)) return Outcome::Conflict;
  if (!delta.payloads.empty() && delta.events.empty()) return Outcome::Conflict;
  if (!continue_history(connection, delta)) return Outcome::Conflict;
  for (const auto& payload : delta.payloads) {
    if (payload.id <= PayloadId{}) return Outcome::Conflict;
    const auto data = seal_row({SealedColumn::Payload, 0, static_cast<std::int64_t>(payload.id)}, payload.bytes);
    connection.execute("INSERT INTO payload (id, execution, data) VALUES (?1, ?2, ?3)", payload.id, delta.id,
                       Blob{data});
  }
  const auto list = list_payloads(delta.payloads);
  std::optional<Blob> added;
  if (!list.empty()) added = Blob{list};
  for (const auto& row : pack_events(delta.events)) {
    const auto data = seal_row({SealedColumn::Event, static_cast<std::int64_t>(delta.id), row.number}, row.data);
    connection.execute("INSERT INTO event (execution, number, data, payloads) VALUES (?1, ?2, ?3, ?4)", delta.id,
                       row.number, Blob{data}, added);
    added.reset();
  }
  return Outcome::Committed;
}

Outcome apply_one(Connection& connection, const ExecutionDelta& delta) {
  const auto outcome = write_execution(connection, delta);
  if (outcome != Outcome::Committed) return outcome;
  if (delta.created && delta.arrival) apply_one(connection, *delta.arrival);
  if (!delta.ended) {
    for (const auto id : delta.dropped) {
      connection.execute("DELETE FROM frame WHERE execution = ?1 AND id = ?2", delta.id, id);
    }
    for (const auto& frame : delta.frames) {
      const auto data = seal_row({SealedColumn::Frame, static_cast<std::int64_t>(delta.id), frame.id}, frame.data);
      connection.execute("INSERT OR REPLACE INTO frame (execution, id, data) VALUES (?1, ?2, ?3)", delta.id, frame.id,
                         Blob{data});
    }
  }
  put_or_count(connection, delta.outbox);
  return write_history(connection, delta);
}

// ---- quarantine ---------------------------------------------------------------------------------------------------

Outcome apply_one(Connection& connection, const PutQuarantine& put) {
  const auto& record = put.record;
  const int inserted = connection.execute(
      "INSERT OR REPLACE INTO quarantine (execution, at, state, cause)"
      " SELECT id, ?2, ?3, ?4 FROM execution WHERE id = ?1 AND status = 1",
      record.id, record.at, record.state, cut_cause(record.cause));
  return inserted == 0 ? Outcome::Conflict : Outcome::Committed;
}

Outcome apply_one(Connection& connection, const DropQuarantine& drop) {
  lift_quarantine(connection, drop.id);
  return Outcome::Committed;
}

// ---- versions, aliases, tags --------------------------------------------------------------------------------------

/// 0 if there is none.
std::int64_t machine_id(Connection& connection, const std::string& arn) {
  Run row = connection.query("SELECT id FROM machine WHERE arn = ?1 AND deleting = 0", arn);
  return row.next() ? row.integer(0) : 0;
}

template <class Of>
std::size_t count(Connection& connection, const char* sql, const Of& of) {
  Run row = connection.query(sql, of);
  row.next();
  return static_cast<std::size_t>(row.integer(0));
}

Outcome apply_one(Connection& connection, const PutVersion& put) {
  const auto& record = put.record;
  const auto machine = machine_id(connection, record.machine_arn);
  std::int64_t revision = 0;
  {
    Run row = connection.query("SELECT id FROM revision WHERE machine = ?1 AND revision_id = ?2", machine,
                               record.revision_id);
    if (!row.next()) return Outcome::Conflict;
    revision = row.integer(0);
  }
  const int counted = connection.execute(
      "UPDATE machine SET last_version = ?2 WHERE id = ?1 AND last_version = ?2 - 1"
      " AND NOT EXISTS (SELECT 1 FROM version WHERE revision = ?3)",
      machine, record.number, revision);
  if (counted == 0) return Outcome::NameTaken;
  connection.execute(
      "INSERT INTO version (machine, number, revision, description, created_at) VALUES (?1, ?2, ?3, ?4, ?5)", machine,
      record.number, revision, record.description, record.created_at);
  return Outcome::Committed;
}

Outcome apply_one(Connection& connection, const DeleteVersion& remove) {
  const auto machine = machine_id(connection, remove.machine_arn);
  {
    Run used = connection.query(
        "SELECT 1 FROM alias WHERE machine = ?1 AND (first_version = ?2 OR second_version = ?2) LIMIT 1", machine,
        remove.number);
    if (used.next()) return Outcome::Conflict;
  }
  connection.execute("DELETE FROM version WHERE machine = ?1 AND number = ?2", machine, remove.number);
  return Outcome::Committed;
}

bool has_version(Connection& connection, std::int64_t machine, std::uint32_t number) {
  Run row = connection.query("SELECT 1 FROM version WHERE machine = ?1 AND number = ?2", machine, number);
  return row.next();
}

Outcome apply_one(Connection& connection, const PutAlias& put) {
  const auto& record = put.record;
  const auto machine = machine_id(connection, record.machine_arn);
  for (const auto& route : record.routes) {
    if (!has_version(connection, machine, route.version)) return Outcome::Conflict;
  }
  {
    Run row = connection.query("SELECT updated_at FROM alias WHERE machine = ?1 AND name = ?2", machine, record.name);
    const auto present = row.next() ? std::optional(row.instant(0)) : std::nullopt;
    if (present != put.replaces) return Outcome::NameTaken;
  }
  if (!put.replaces && count(connection, "SELECT count(*) FROM alias WHERE machine = ?1", machine) >= put.max) {
    return Outcome::Conflict;
  }
  const auto& first = record.routes.front();
  std::optional<std::uint32_t> second_version;
  std::optional<std::uint32_t> second_weight;
  if (record.routes.size() > 1) {
    second_version = record.routes[1].version;
    second_weight = record.routes[1].weight;
  }
  connection.execute(
      "INSERT OR REPLACE INTO alias (machine, name, description, first_version, first_weight, second_version,"
      " second_weight, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
      machine, record.name, record.description, first.version, first.weight, second_version, second_weight,
      record.created_at, record.updated_at);
  return Outcome::Committed;
}

Outcome apply_one(Connection& connection, const DeleteAlias& remove) {
  connection.execute("DELETE FROM alias WHERE machine = ?1 AND name = ?2", machine_id(connection, remove.machine_arn),
                     remove.name);
  return Outcome::Committed;
}

void put_tags(Connection& connection, const std::string& resource, const std::vector<Tag>& tags) {
  for (const auto& tag : tags) {
    connection.execute("INSERT OR REPLACE INTO tag (resource, key, value) VALUES (?1, ?2, ?3)", resource, tag.key,
                       tag.value);
  }
}

Outcome apply_one(Connection& connection, const PutActivity& put) {
  const auto& record = put.record;
  const int inserted = connection.execute(
      "INSERT INTO activity (arn, name, configuration, created_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (arn) DO "
      "NOTHING",
      record.arn, record.name, record.configuration, record.created_at);
  if (inserted == 0) return Outcome::NameTaken;
  put_tags(connection, record.arn, put.tags);
  return Outcome::Committed;
}

Outcome apply_one(Connection& connection, const DeleteActivity& remove) {
  const int deleted = connection.execute("DELETE FROM activity WHERE arn = ?1", remove.arn);
  if (deleted != 0) connection.execute("DELETE FROM tag WHERE resource = ?1", remove.arn);
  return Outcome::Committed;
}

bool has_activity(Connection& connection, const std::string& arn) {
  Run row = connection.query("SELECT 1 FROM activity WHERE arn = ?1", arn);
  return row.next();
}

Outcome apply_one(Connection& connection, const ChangeTags& change) {
  if (machine_id(connection, change.resource_arn) == 0 && !has_activity(connection, change.resource_arn))
    return Outcome::Conflict;
  for (const auto& key : change.removed) {
    connection.execute("DELETE FROM tag WHERE resource = ?1 AND key = ?2", change.resource_arn, key);
  }
  put_tags(connection, change.resource_arn, change.put);
  const auto has = count(connection, "SELECT count(*) FROM tag WHERE resource = ?1", change.resource_arn);
  return has > change.max ? Outcome::Conflict : Outcome::Committed;
}

// ---- state machines -----------------------------------------------------------------------------------------------

Outcome apply_one(Connection& connection, const PutStateMachine& put) {
  const auto& record = put.record;
  std::int64_t machine = 0;
  {
    Run present = connection.query(
        "SELECT m.id, r.revision_id, m.deleting FROM machine m JOIN revision r ON r.id = m.newest WHERE m.arn = ?1",
        record.arn);
    if (present.next()) {
      machine = present.integer(0);
      if (present.integer(2) != 0 || put.replaces.empty() || present.text(1) != put.replaces) return Outcome::NameTaken;
    } else if (!put.replaces.empty()) {
      return Outcome::NameTaken;
    }
  }
  if (machine == 0) {
    Run made = connection.query("INSERT INTO machine (arn, newest) VALUES (?1, 0) RETURNING id", record.arn);
    made.next();
    machine = made.integer(0);
    made.next();
  }
  const int inserted = connection.execute(
      "INSERT INTO revision (machine, revision_id, name, type, role_arn, definition, configuration, created_at, "
      "updated_at, sum)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (machine, revision_id) DO NOTHING",
      machine, record.revision_id, record.name, record.type, record.role_arn, record.definition, record.configuration,
      record.created_at, record.updated_at, sum_of_revision(record));
  if (inserted == 0) return Outcome::NameTaken;
  connection.execute("UPDATE machine SET newest = last_insert_rowid() WHERE id = ?1", machine);
  put_tags(connection, record.arn, put.tags);
  return put.version ? apply_one(connection, PutVersion{*put.version}) : Outcome::Committed;
}

Outcome apply_one(Connection& connection, const DeleteStateMachine& remove) {
  // Hidden at once; the rows go in steps (Purge), lest a million old executions hold up every other write.
  const auto machine = machine_id(connection, remove.arn);
  connection.execute("DELETE FROM alias WHERE machine = ?1", machine);
  connection.execute("DELETE FROM version WHERE machine = ?1", machine);
  connection.execute("DELETE FROM tag WHERE resource = ?1", remove.arn);
  connection.execute("UPDATE machine SET deleting = 1 WHERE id = ?1", machine);
  return Outcome::Committed;
}

// ---- items and arrivals -------------------------------------------------------------------------------------------

Outcome apply_one(Connection& connection, const ChangeItems& change) { return change_items(connection, change); }
Outcome apply_one(Connection& connection, const PutTable& put) { return put_table(connection, put); }
Outcome apply_one(Connection& connection, const PurgeItems& purge) { return purge_items(connection, purge); }

Outcome apply_one(Connection& connection, const DeleteArrival& remove) {
  connection.execute("DELETE FROM arrival WHERE bucket = ?1 AND key = ?2", remove.bucket, remove.key);
  return Outcome::Committed;
}

}  // namespace

Outcome apply(Connection& connection, const Write& write) {
  return std::visit([&](const auto& one) { return apply_one(connection, one); }, write);
}

Outcome end_damaged(Connection& connection, const ExecutionDelta& delta) {
  if (!lift_quarantine(connection, delta.id)) return Outcome::Conflict;
  forget_item_changes(connection, delta.id);
  set_ending(connection, delta.id, *delta.ended);
  return write_history(connection, delta);
}

}  // namespace stepd::storage::sqlite
