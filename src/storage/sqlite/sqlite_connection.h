// One connection to the database file, its cached prepared statements, and SQLite's errors as exceptions. It does
// not depend on the tables and decides nothing about durability.
#pragma once

#include "base/clock.h"
#include "storage/store.h"

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace stepd::storage::sqlite {

/// What SQLite answered, with the extended code and, where the file system was asked, its errno.
class SqliteError : public StoreError {
 public:
  SqliteError(const std::string& message, int code, int system_errno)
      : StoreError(message, hope_of(code)), code_(code), system_errno_(system_errno) {}
  int code() const { return code_; }
  int system_errno() const { return system_errno_; }
  /// Whether a page of the file is not what was written, or cannot be read; other pages may well be sound. A
  /// transaction that has written, or meant to, is lost then: SQLite refuses all that follows in it.
  bool is_damage() const;

 private:
  static Hope hope_of(int code);

  int code_;
  int system_errno_;
};

/// Bytes to be stored as a BLOB: no encoding is assumed.
struct Blob {
  std::string_view bytes;
};

/// One run of a cached statement; the statement is free for the next run when this one ends. Thread: one.
class Run {
 public:
  explicit Run(sqlite3_stmt* statement) : statement_(statement) {}
  Run(Run&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
  Run& operator=(Run&&) = delete;
  ~Run();

  /// Steps to the next row; false after the last.
  bool next();

  std::int64_t integer(int column) const;
  std::string text(int column) const;
  std::optional<std::string> optional_text(int column) const;
  Instant instant(int column) const;
  std::optional<Instant> optional_instant(int column) const;

  // Values stay the caller's: they must live until the run ends.
  void bind(int index, std::int64_t value);
  void bind(int index, std::string_view text);
  void bind(int index, Blob blob);
  void bind(int index, Instant instant) { bind(index, std::int64_t{instant.time_since_epoch().count()}); }
  void bind(int index, std::nullopt_t);
  template <class T>
  void bind(int index, const std::optional<T>& value) {
    if (value) {
      bind(index, *value);
    } else {
      bind(index, std::nullopt);
    }
  }
  template <class T>
  requires std::integral<T> || std::is_enum_v<T>
  void bind(int index, T value) { bind(index, static_cast<std::int64_t>(value)); }

 private:
  bool is_null(int column) const;

  sqlite3_stmt* statement_;
};

enum class Access { ReadWrite, ReadOnly };

/// Thread: one at a time.
class Connection {
 public:
  /// Throws SqliteError. ReadWrite creates the file.
  Connection(const std::filesystem::path& file, Access access);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// `sql` must be a string literal: the prepared statement is kept under its address. What is bound must outlive the
  /// answer.
  template <class... Values>
  Run query(const char* sql, const Values&... values) {
    Run run(prepare(sql));
    int index = 0;
    (run.bind(++index, values), ...);
    return run;
  }
  /// Runs a statement to its end and answers how many rows it changed.
  template <class... Values>
  int execute(const char* sql, const Values&... values) {
    Run run = query(sql, values...);
    while (run.next()) continue;
    return changes();
  }
  /// One or more statements that are run once: schema and settings.
  void script(const std::string& sql);

  /// Whether no transaction is open; SQLite ends one by itself after some errors.
  bool is_idle() const;
  /// Ends whatever transaction is open, and never throws: what failed is known already.
  void roll_back() noexcept;

  /// Closing the last connection would otherwise move the WAL into the database file and sync both.
  void leave_wal_on_close() noexcept;

  sqlite3* handle() const { return handle_; }

 private:
  sqlite3_stmt* prepare(const char* sql);
  int changes() const;

  sqlite3* handle_ = nullptr;
  std::unordered_map<const char*, sqlite3_stmt*> statements_;
};

/// A read transaction: all queries in its lifetime see one state of the database.
class Snapshot {
 public:
  explicit Snapshot(Connection& connection) : connection_(connection) { connection_.execute("BEGIN"); }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  ~Snapshot() { connection_.roll_back(); }

 private:
  Connection& connection_;
};

/// Throws what the connection's last call failed with.
[[noreturn]] void throw_error(sqlite3* handle, const std::string& doing);

}  // namespace stepd::storage::sqlite
