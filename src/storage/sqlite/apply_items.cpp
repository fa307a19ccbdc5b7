#include "storage/sqlite/apply_items.h"

#include "base/attribute/plain_attribute.h"
#include "base/value/parse.h"
#include "storage/items/key_bytes.h"
#include "storage/sqlite/sqlite_connection.h"

#include <sqlite3.h>
#include <string>

namespace stepd::storage::sqlite {
namespace {

bool is_as_before(Connection& connection, const ItemEdit& edit) {
  Run row =
      connection.query("SELECT data FROM item WHERE items = ?1 AND key = ?2", edit.place.table, Blob{edit.place.key});
  return (row.next() ? std::optional(row.text(0)) : std::nullopt) == edit.before;
}

bool keep_receipt(Connection& connection, const ChangeItems& change) {
  connection.execute("DELETE FROM item_receipt WHERE at < ?1", change.receipts_expire);
  return connection.execute(
             "INSERT INTO item_receipt (token, digest, at) VALUES (?1, ?2, ?3) ON CONFLICT (token) DO NOTHING",
             change.receipt->token, Blob{change.receipt->digest}, change.receipt->at) != 0;
}

void edit_item(Connection& connection, const ItemEdit& edit) {
  const auto& [table, key] = edit.place;
  for (const auto& entry : edit.left) {
    connection.execute("DELETE FROM item_index WHERE items = ?1 AND name = ?2 AND key = ?3", table, entry.index,
                       Blob{entry.key});
  }
  for (const auto& entry : edit.taken) {
    connection.execute("INSERT OR REPLACE INTO item_index (items, name, key, item) VALUES (?1, ?2, ?3, ?4)", table,
                       entry.index, Blob{entry.key}, Blob{key});
  }
  if (!edit.after) {
    connection.execute("DELETE FROM item WHERE items = ?1 AND key = ?2", table, Blob{key});
  } else if (!edit.before) {
    connection.execute("INSERT INTO item (items, key, data) VALUES (?1, ?2, ?3)", table, Blob{key}, *edit.after);
  } else if (*edit.after != *edit.before) {
    connection.execute("UPDATE item SET data = ?3 WHERE items = ?1 AND key = ?2", table, Blob{key}, *edit.after);
  }
}

std::string bytes_of_old_key(const std::string& text) {
  const auto value = parse_value(text);
  if (!value || !(value->is_string() || value->is_number())) return text;
  return key_bytes(from_plain(*value));
}

void item_key(sqlite3_context* context, int, sqlite3_value** arguments) {
  const auto* text = static_cast<const char*>(sqlite3_value_blob(arguments[0]));
  const auto size = static_cast<std::size_t>(sqlite3_value_bytes(arguments[0]));
  try {
    const auto key = bytes_of_old_key(text == nullptr ? std::string() : std::string(text, size));
    sqlite3_result_blob64(context, key.data(), key.size(), SQLITE_TRANSIENT);
  } catch (const std::exception&) {
    sqlite3_result_error_nomem(context);
  }
}

}  // namespace

Outcome change_items(Connection& connection, const ChangeItems& change) {
  for (const auto& edit : change.edits) {
    if (!is_as_before(connection, edit)) return Outcome::Conflict;
  }
  if (change.receipt && !keep_receipt(connection, change)) return Outcome::Conflict;
  for (const auto& edit : change.edits) edit_item(connection, edit);
  if (!change.attempt.empty()) {
    const auto& first = change.edits.front();
    connection.execute("INSERT OR REPLACE INTO item_change (attempt, before, after) VALUES (?1, ?2, ?3)",
                       change.attempt, first.before, first.after);
  }
  return Outcome::Committed;
}

Outcome put_table(Connection& connection, const PutTable& put) {
  const auto& record = put.record;
  if (!record.dropped) {
    Run taken = connection.query("SELECT 1 FROM item_table WHERE name = ?1 AND dropped = 0 AND items <> ?2",
                                 record.name, record.items);
    if (taken.next()) return Outcome::NameTaken;
  }
  connection.execute(
      "INSERT OR REPLACE INTO item_table (items, name, schema, created_at, dropped) VALUES (?1, ?2, ?3, ?4, ?5)",
      record.items, record.name, record.schema, record.created_at, record.dropped ? 1 : 0);
  return Outcome::Committed;
}

Outcome purge_items(Connection& connection, const PurgeItems& purge) {
  if (purge.index) {
    connection.execute(
        "DELETE FROM item_index WHERE items = ?1 AND name = ?2 AND key IN"
        " (SELECT key FROM item_index WHERE items = ?1 AND name = ?2 LIMIT ?3)",
        purge.table, *purge.index, purge.rows);
    return Outcome::Committed;
  }
  const auto entries =
      static_cast<std::size_t>(connection.execute("DELETE FROM item_index WHERE items = ?1 AND (name, key) IN"
                                                  " (SELECT name, key FROM item_index WHERE items = ?1 LIMIT ?2)",
                                                  purge.table, purge.rows));
  if (entries >= purge.rows) return Outcome::Committed;
  const auto items = static_cast<std::size_t>(connection.execute(
      "DELETE FROM item WHERE items = ?1 AND key IN (SELECT key FROM item WHERE items = ?1 LIMIT ?2)", purge.table,
      purge.rows - entries));
  if (entries + items >= purge.rows) return Outcome::Committed;
  if (connection.execute("DELETE FROM item_table WHERE items = ?1 AND dropped = 1", purge.table) != 0) {
    connection.execute("DELETE FROM item_tally WHERE items = ?1", purge.table);
  }
  return Outcome::Committed;
}

/// Attempts are named EXECUTION-NUMBER, and '.' is the character after '-'.
void forget_item_changes(Connection& connection, ExecutionId execution) {
  connection.execute("DELETE FROM item_change WHERE attempt >= (?1 || '-') AND attempt < (?1 || '.')", execution);
}

void offer_item_keys(Connection& connection) {
  if (sqlite3_create_function_v2(connection.handle(), "item_key", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr,
                                 item_key, nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw_error(connection.handle(), "item_key");
  }
}

}  // namespace stepd::storage::sqlite
