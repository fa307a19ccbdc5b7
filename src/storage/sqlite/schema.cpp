#include "storage/sqlite/schema.h"

#include "storage/sqlite/apply_items.h"
#include "storage/sqlite/sqlite_connection.h"

#include <array>
#include <string>

namespace stepd::storage::sqlite {
namespace {

// Instants are milliseconds since 1970. Status 1 is running, 2 succeeded (ExecutionStatus).
//
// What changes with every step of an execution (running, frame) lies apart from what is written once or twice
// (execution), so that a step does not rewrite its input. A machine under deletion keeps its row, hidden from readers,
// until its last execution is gone.
constexpr const char* kFirst = R"sql(
  CREATE TABLE machine (
    id INTEGER PRIMARY KEY,
    arn TEXT NOT NULL UNIQUE,
    newest INTEGER NOT NULL,
    deleting INTEGER NOT NULL DEFAULT 0
  );
  CREATE INDEX machine_deleting ON machine (id) WHERE deleting = 1;

  CREATE TABLE revision (
    id INTEGER PRIMARY KEY,
    machine INTEGER NOT NULL REFERENCES machine (id),
    revision_id TEXT NOT NULL,
    name TEXT NOT NULL,
    type INTEGER NOT NULL,
    role_arn TEXT NOT NULL,
    definition TEXT NOT NULL,
    configuration TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (machine, revision_id)
  );

  -- AUTOINCREMENT remembers the largest id ever given, deleted executions included.
  CREATE TABLE execution (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    arn TEXT NOT NULL UNIQUE,
    machine INTEGER NOT NULL REFERENCES machine (id),
    revision INTEGER NOT NULL REFERENCES revision (id),
    name TEXT NOT NULL,
    status INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    stopped_at INTEGER,
    trace_header TEXT NOT NULL,
    error TEXT,
    cause TEXT,
    input TEXT NOT NULL,
    output TEXT
  );
  CREATE INDEX execution_machine ON execution (machine, id);
  -- Nearly all executions end well: the rest are what one filters for.
  CREATE INDEX execution_unusual ON execution (status, machine, id) WHERE status <> 2;

  CREATE TABLE running (
    execution INTEGER PRIMARY KEY REFERENCES execution (id),
    version INTEGER NOT NULL,
    head BLOB NOT NULL
  );

  CREATE TABLE frame (
    execution INTEGER NOT NULL REFERENCES running (execution),
    id INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (execution, id)
  ) WITHOUT ROWID;

  CREATE TABLE event (
    execution INTEGER NOT NULL REFERENCES execution (id),
    number INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (execution, number)
  ) WITHOUT ROWID;

  CREATE TABLE item (
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (collection, key)
  ) WITHOUT ROWID;

  CREATE TABLE arrival (
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    identity TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (bucket, key)
  ) WITHOUT ROWID;
)sql";

// What attempts did to items, until their execution ends: one that is run again after a crash finds its answer here.
constexpr const char* kItemChanges = R"sql(
  CREATE TABLE item_change (
    attempt TEXT PRIMARY KEY,
    before TEXT,
    after TEXT
  ) WITHOUT ROWID;
)sql";

// Versions, aliases and tags go with their state machine at once; an execution keeps the names it was started by.
constexpr const char* kVersions = R"sql(
  ALTER TABLE machine ADD COLUMN last_version INTEGER NOT NULL DEFAULT 0;

  CREATE TABLE version (
    machine INTEGER NOT NULL REFERENCES machine (id),
    number INTEGER NOT NULL,
    revision INTEGER NOT NULL UNIQUE REFERENCES revision (id),
    description TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (machine, number)
  ) WITHOUT ROWID;

  CREATE TABLE alias (
    machine INTEGER NOT NULL REFERENCES machine (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    first_version INTEGER NOT NULL,
    first_weight INTEGER NOT NULL,
    second_version INTEGER,
    second_weight INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (machine, name)
  ) WITHOUT ROWID;

  CREATE TABLE tag (
    resource TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (resource, key)
  ) WITHOUT ROWID;

  ALTER TABLE execution ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE execution ADD COLUMN alias TEXT NOT NULL DEFAULT '';
  CREATE INDEX execution_version ON execution (machine, version, id) WHERE version <> 0;
  CREATE INDEX execution_alias ON execution (machine, alias, id) WHERE alias <> '';
)sql";

constexpr const char* kActivities = R"sql(
  CREATE TABLE activity (
    arn TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    configuration TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) WITHOUT ROWID;
)sql";

constexpr const char* kRedrives = R"sql(
  ALTER TABLE execution ADD COLUMN redrive_count INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE execution ADD COLUMN redriven_at INTEGER;
  ALTER TABLE execution ADD COLUMN redrive_tokens TEXT NOT NULL DEFAULT '';
)sql";

// Payloads lie in the order of their ids, which is the order of their arrival, so that a commit writes few pages. No
// index says whose they are: an execution is deleted event by event, and the event that was stored together with a
// payload names it (event.payloads, see payload_list.h).
//
// What lists show of an execution stands before the texts, so that lists read no page of them; a row that refers to a
// payload holds no text (an empty input, no output).
constexpr const char* kPayloads = R"sql(
  CREATE TABLE payload (
    id INTEGER PRIMARY KEY,
    execution INTEGER NOT NULL,
    data BLOB NOT NULL
  );
  ALTER TABLE event ADD COLUMN payloads BLOB;

  CREATE TABLE quarantine (
    execution INTEGER PRIMARY KEY REFERENCES execution (id),
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    cause TEXT NOT NULL
  );

  CREATE TABLE reordered (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    arn TEXT NOT NULL UNIQUE,
    machine INTEGER NOT NULL REFERENCES machine (id),
    revision INTEGER NOT NULL REFERENCES revision (id),
    name TEXT NOT NULL,
    status INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    stopped_at INTEGER,
    version INTEGER NOT NULL DEFAULT 0,
    alias TEXT NOT NULL DEFAULT '',
    redrive_count INTEGER NOT NULL DEFAULT 0,
    redriven_at INTEGER,
    input_payload INTEGER NOT NULL DEFAULT 0,
    output_payload INTEGER NOT NULL DEFAULT 0,
    trace_header TEXT NOT NULL,
    redrive_tokens TEXT NOT NULL DEFAULT '',
    error TEXT,
    cause TEXT,
    input TEXT NOT NULL,
    output TEXT
  );
  INSERT INTO reordered (id, arn, machine, revision, name, status, started_at, stopped_at, version, alias,
                         redrive_count, redriven_at, trace_header, redrive_tokens, error, cause, input, output)
    SELECT id, arn, machine, revision, name, status, started_at, stopped_at, version, alias,
           redrive_count, redriven_at, trace_header, redrive_tokens, error, cause, input, output
    FROM execution ORDER BY id;
  DELETE FROM sqlite_sequence WHERE name = 'reordered';
  INSERT INTO sqlite_sequence (name, seq) SELECT 'reordered', seq FROM sqlite_sequence WHERE name = 'execution';
  DROP TABLE execution;
  ALTER TABLE reordered RENAME TO execution;
  CREATE INDEX execution_machine ON execution (machine, id);
  CREATE INDEX execution_unusual ON execution (status, machine, id) WHERE status <> 2;
  CREATE INDEX execution_version ON execution (machine, version, id) WHERE version <> 0;
  CREATE INDEX execution_alias ON execution (machine, alias, id) WHERE alias <> '';
)sql";

// Messages lie in the order of their arrival; the index leads to those of a destination that are due. What they come to
// is kept in one row, so that a limit costs no scan.
constexpr const char* kOutbox = R"sql(
  CREATE TABLE outbox (
    number INTEGER PRIMARY KEY,
    destination TEXT NOT NULL,
    id TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (destination, id)
  );
  CREATE INDEX outbox_due ON outbox (destination, not_before);

  CREATE TABLE outbox_tally (
    messages INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    dropped INTEGER NOT NULL
  );
  INSERT INTO outbox_tally VALUES (0, 0, 0);
  CREATE TRIGGER outbox_put AFTER INSERT ON outbox BEGIN
    UPDATE outbox_tally SET messages = messages + 1, bytes = bytes + length(new.body);
  END;
  CREATE TRIGGER outbox_removed AFTER DELETE ON outbox BEGIN
    UPDATE outbox_tally SET messages = messages - 1, bytes = bytes - length(old.body);
  END;
)sql";

// Checksums over what lists show of an execution, over its texts, and over a revision (row_seal.h); null where the row
// was written before. From here on, heads, frames, events and payloads have theirs in front.
//
// Those of an execution stand before its texts, so that lists read no page of these.
constexpr const char* kSums = R"sql(
  CREATE TABLE summed (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    arn TEXT NOT NULL UNIQUE,
    machine INTEGER NOT NULL REFERENCES machine (id),
    revision INTEGER NOT NULL REFERENCES revision (id),
    name TEXT NOT NULL,
    status INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    stopped_at INTEGER,
    version INTEGER NOT NULL DEFAULT 0,
    alias TEXT NOT NULL DEFAULT '',
    redrive_count INTEGER NOT NULL DEFAULT 0,
    redriven_at INTEGER,
    input_payload INTEGER NOT NULL DEFAULT 0,
    output_payload INTEGER NOT NULL DEFAULT 0,
    sum INTEGER,
    text_sum INTEGER,
    trace_header TEXT NOT NULL,
    redrive_tokens TEXT NOT NULL DEFAULT '',
    error TEXT,
    cause TEXT,
    input TEXT NOT NULL,
    output TEXT
  );
  INSERT INTO summed (id, arn, machine, revision, name, status, started_at, stopped_at, version, alias, redrive_count,
                      redriven_at, input_payload, output_payload, trace_header, redrive_tokens, error, cause, input,
                      output)
    SELECT id, arn, machine, revision, name, status, started_at, stopped_at, version, alias, redrive_count,
           redriven_at, input_payload, output_payload, trace_header, redrive_tokens, error, cause, input, output
    FROM execution ORDER BY id;
  DELETE FROM sqlite_sequence WHERE name = 'summed';
  INSERT INTO sqlite_sequence (name, seq) SELECT 'summed', seq FROM sqlite_sequence WHERE name = 'execution';
  DROP TABLE execution;
  ALTER TABLE summed RENAME TO execution;
  CREATE INDEX execution_machine ON execution (machine, id);
  CREATE INDEX execution_unusual ON execution (status, machine, id) WHERE status <> 2;
  CREATE INDEX execution_version ON execution (machine, version, id) WHERE version <> 0;
  CREATE INDEX execution_alias ON execution (machine, alias, id) WHERE alias <> '';
  ALTER TABLE revision ADD COLUMN sum INTEGER;
)sql";

// How many executions of a machine have a status, kept with each start and end: counting a million rows takes seconds.
constexpr const char* kTallies = R"sql(
  CREATE TABLE execution_tally (
    machine INTEGER NOT NULL,
    status INTEGER NOT NULL,
    executions INTEGER NOT NULL,
    PRIMARY KEY (machine, status)
  ) WITHOUT ROWID;
  INSERT INTO execution_tally SELECT machine, status, count(*) FROM execution GROUP BY machine, status;
  CREATE TRIGGER execution_made AFTER INSERT ON execution BEGIN
    INSERT INTO execution_tally VALUES (new.machine, new.status, 1)
      ON CONFLICT (machine, status) DO UPDATE SET executions = executions + 1;
  END;
  CREATE TRIGGER execution_changed AFTER UPDATE OF status ON execution WHEN new.status <> old.status BEGIN
    UPDATE execution_tally SET executions = executions - 1 WHERE machine = old.machine AND status = old.status;
    INSERT INTO execution_tally VALUES (new.machine, new.status, 1)
      ON CONFLICT (machine, status) DO UPDATE SET executions = executions + 1;
  END;
  CREATE TRIGGER execution_removed AFTER DELETE ON execution BEGIN
    UPDATE execution_tally SET executions = executions - 1 WHERE machine = old.machine AND status = old.status;
  END;
)sql";

// Up to which numbers rows may lack their checksum, as they were written before there were any. A later row without one
// has lost it.
constexpr const char* kUnsealed = R"sql(
  CREATE TABLE unsealed (executions INTEGER NOT NULL, payloads INTEGER NOT NULL, revisions INTEGER NOT NULL);
  INSERT INTO unsealed
    SELECT (SELECT coalesce(max(id), 0) FROM execution), (SELECT coalesce(max(id), 0) FROM payload),
           (SELECT coalesce(max(id), 0) FROM revision);
)sql";

// Keys of items become bytes that sort as the values do (items/key_bytes.h), so that a range of keys is a range of
// rows. An entry of an index leads to an item by its key. `items` is the name under which a table's items are kept: the
// table's own, if the configuration has declared it. How many items there are is kept with each write.
constexpr const char* kItemTables = R"sql(
  CREATE TABLE item_table (
    items TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    schema TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    dropped INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;

  CREATE TABLE keyed_item (
    items TEXT NOT NULL,
    key BLOB NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (items, key)
  ) WITHOUT ROWID;
  INSERT OR REPLACE INTO keyed_item SELECT collection, item_key(key), data FROM item;
  DROP TABLE item;
  ALTER TABLE keyed_item RENAME TO item;

  CREATE TABLE item_index (
    items TEXT NOT NULL,
    name TEXT NOT NULL,
    key BLOB NOT NULL,
    item BLOB NOT NULL,
    PRIMARY KEY (items, name, key)
  ) WITHOUT ROWID;

  CREATE TABLE item_receipt (
    token TEXT PRIMARY KEY,
    digest BLOB NOT NULL,
    at INTEGER NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE item_tally (
    items TEXT PRIMARY KEY,
    count INTEGER NOT NULL,
    bytes INTEGER NOT NULL
  ) WITHOUT ROWID;
  INSERT INTO item_tally SELECT items, count(*), sum(length(CAST(data AS BLOB))) FROM item GROUP BY items;
  CREATE TRIGGER item_made AFTER INSERT ON item BEGIN
    INSERT INTO item_tally VALUES (new.items, 1, length(CAST(new.data AS BLOB)))
      ON CONFLICT (items) DO UPDATE SET count = count + 1, bytes = bytes + excluded.bytes;
  END;
  CREATE TRIGGER item_changed AFTER UPDATE OF data ON item BEGIN
    UPDATE item_tally SET bytes = bytes + length(CAST(new.data AS BLOB)) - length(CAST(old.data AS BLOB))
      WHERE items = new.items;
  END;
  CREATE TRIGGER item_removed AFTER DELETE ON item BEGIN
    UPDATE item_tally SET count = count - 1, bytes = bytes - length(CAST(old.data AS BLOB)) WHERE items = old.items;
  END;
)sql";

// From here on a row of `event` may hold several events (packed_events.h), and the writer counts executions once for each
// transaction: the trigger took as long as the rest of their row.
constexpr const char* kEventRows = "DROP TRIGGER execution_made;";

constexpr std::array<const char*, 12> kMigrations{kFirst,    kItemChanges, kVersions,   kActivities,
                                                  kRedrives, kPayloads,    kOutbox,     kSums,
                                                  kTallies,  kUnsealed,    kItemTables, kEventRows};

std::int64_t single_number(Connection& connection, const char* sql) {
  Run run = connection.query(sql);
  return run.next() ? run.integer(0) : 0;
}

bool is_empty(Connection& connection) {
  return single_number(connection, "PRAGMA application_id") == 0 &&
         single_number(connection, "PRAGMA user_version") == 0 &&
         single_number(connection, "SELECT count(*) FROM sqlite_master") == 0;
}

}  // namespace

std::span<const char* const> migrations() { return kMigrations; }

void migrate(Connection& connection, std::span<const char* const> steps) {
  const bool is_new = is_empty(connection);
  if (!is_new && single_number(connection, "PRAGMA application_id") != kApplicationId) {
    throw StoreError("it is not a stepd database");
  }
  // Set before the first table; without effect afterwards.
  if (is_new) connection.script("PRAGMA page_size = 8192");
  connection.script("PRAGMA journal_mode = WAL");

  const auto found = single_number(connection, "PRAGMA user_version");
  const auto known = static_cast<std::int64_t>(steps.size());
  if (found > known) {
    throw StoreError("it has schema " + std::to_string(found) + ", written by a newer stepd; this one knows schema " +
                     std::to_string(known));
  }
  if (found == known) return;
  offer_item_keys(connection);

  connection.script("BEGIN EXCLUSIVE");
  try {
    for (auto step = found; step < known; ++step) connection.script(steps[static_cast<std::size_t>(step)]);
    connection.script("PRAGMA application_id = " + std::to_string(kApplicationId) +
                      "; PRAGMA user_version = " + std::to_string(known) + "; COMMIT");
  } catch (...) {
    connection.roll_back();
    throw;
  }
}

}  // namespace stepd::storage::sqlite
