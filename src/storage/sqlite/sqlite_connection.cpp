#include "storage/sqlite/sqlite_connection.h"

#include "base/assert.h"

#include <sqlite3.h>

namespace stepd::storage::sqlite {
namespace {

// What a foreign process (a backup, a person with the sqlite3 shell) may hold us up.
constexpr int kBusyTimeoutMs = 5'000;

/// Why the file system refused. sqlite3_system_errno() is not told when a COMMIT fails, and would answer with the
/// reason of an earlier failure.
int reason_of(sqlite3* handle, int code) {
  if ((code & 0xff) != SQLITE_IOERR) return sqlite3_system_errno(handle);
  sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
  return vfs->xGetLastError(vfs, 0, nullptr);
}

}  // namespace

bool SqliteError::is_damage() const {
  return (code_ & 0xff) == SQLITE_CORRUPT || code_ == SQLITE_IOERR_READ || code_ == SQLITE_IOERR_SHORT_READ ||
         code_ == SQLITE_IOERR_CORRUPTFS || code_ == SQLITE_IOERR_DATA;
}

/// Of a read: what a write may hope for is the writer's to say.
Hope SqliteError::hope_of(int code) {
  if (code == SQLITE_IOERR_NOMEM) return Hope::Good;
  if (code == SQLITE_IOERR_CORRUPTFS || code == SQLITE_IOERR_DATA) return Hope::None;
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_CANTOPEN:
    case SQLITE_INTERRUPT:
    case SQLITE_PROTOCOL:
      return Hope::Good;
    case SQLITE_IOERR:
      return Hope::Little;
    default:
      return Hope::None;
  }
}

void throw_error(sqlite3* handle, const std::string& doing) {
  const int code = sqlite3_extended_errcode(handle);
  const int reason = reason_of(handle, code);
  throw SqliteError(doing + ": " + sqlite3_errmsg(handle), code, reason);
}

Run::~Run() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Run::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) throw_error(sqlite3_db_handle(statement_), "database");
  return false;
}

bool Run::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

std::int64_t Run::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string Run::text(int column) const {
  // Order matters: asking for the bytes first would count them before a conversion. A BLOB answers its bytes too.
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const int size = sqlite3_column_bytes(statement_, column);
  return bytes == nullptr ? std::string() : std::string(bytes, static_cast<std::size_t>(size));
}

std::optional<std::string> Run::optional_text(int column) const {
  if (is_null(column)) return std::nullopt;
  return text(column);
}

Instant Run::instant(int column) const { return Instant{std::chrono::milliseconds{integer(column)}}; }

std::optional<Instant> Run::optional_instant(int column) const {
  if (is_null(column)) return std::nullopt;
  return instant(column);
}

void Run::bind(int index, std::int64_t value) {
  if (sqlite3_bind_int64(statement_, index, value) != SQLITE_OK) throw_error(sqlite3_db_handle(statement_), "database");
}

void Run::bind(int index, std::string_view text) {
  const char* bytes = text.empty() ? "" : text.data();  // a null pointer would bind NULL
  if (sqlite3_bind_text64(statement_, index, bytes, text.size(), SQLITE_STATIC, SQLITE_UTF8) != SQLITE_OK) {
    throw_error(sqlite3_db_handle(statement_), "database");
  }
}

void Run::bind(int index, Blob blob) {
  const char* bytes = blob.bytes.empty() ? "" : blob.bytes.data();
  if (sqlite3_bind_blob64(statement_, index, bytes, blob.bytes.size(), SQLITE_STATIC) != SQLITE_OK) {
    throw_error(sqlite3_db_handle(statement_), "database");
  }
}

void Run::bind(int index, std::nullopt_t) { sqlite3_bind_null(statement_, index); }

Connection::Connection(const std::filesystem::path& file, Access access) {
  // SQLite counts what it allocates otherwise, under one mutex of the process, and nobody asks for the count.
  [[maybe_unused]] static const int unconnected = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (access == Access::ReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (sqlite3_open_v2(file.c_str(), &handle_, flags, nullptr) != SQLITE_OK) {
    const SqliteError error("cannot open " + file.string() + ": " + sqlite3_errmsg(handle_),
                            sqlite3_extended_errcode(handle_), sqlite3_system_errno(handle_));
    sqlite3_close(handle_);
    throw error;
  }
  sqlite3_busy_timeout(handle_, kBusyTimeoutMs);
}

Connection::~Connection() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(handle_);
}

void Connection::script(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) throw_error(handle_, "database");
}

bool Connection::is_idle() const { return sqlite3_get_autocommit(handle_) != 0; }

void Connection::roll_back() noexcept {
  if (!is_idle()) sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

void Connection::leave_wal_on_close() noexcept {
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

int Connection::changes() const { return sqlite3_changes(handle_); }

sqlite3_stmt* Connection::prepare(const char* sql) {
  auto& statement = statements_[sql];
  if (statement == nullptr &&
      sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
    throw_error(handle_, std::string("cannot prepare ") + sql);
  }
  STEPD_ASSERT(!sqlite3_stmt_busy(statement));
  return statement;
}

}  // namespace stepd::storage::sqlite
