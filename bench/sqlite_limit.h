// What SQLite itself can make durable on this machine, in this folder, now: the limit beside which a benchmark shows
// stepd's figure of the same run. It measures nothing of stepd.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

namespace stepd::bench {

struct SqliteLimit {
  double transactions_per_second = 0;  ///< durable when counted: WAL, synchronous=FULL
  double rows_per_second = 0;
};

/// Inserts rows of `row_bytes`, `rows_per_transaction` to a transaction, on one connection, for `duration`. Settings
/// are those of stepd's own store. The database is made in `directory` and removed. Throws std::runtime_error.
inline SqliteLimit measure_sqlite_limit(const std::filesystem::path& directory, std::size_t row_bytes,
                                        std::size_t rows_per_transaction, std::chrono::milliseconds duration) {
  const auto file = directory / "sqlite-limit.db";
  const auto remove_files = [&] {
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + suffix);
  };
  remove_files();
  sqlite3* handle = nullptr;
  const int opened = sqlite3_open(file.c_str(), &handle);
  const std::unique_ptr<sqlite3, int (*)(sqlite3*)> database(handle, sqlite3_close);
  const auto check = [&](int code) {
    if (code != SQLITE_OK && code != SQLITE_DONE)
      throw std::runtime_error(std::string("sqlite: ") + sqlite3_errmsg(handle));
  };
  check(opened);
  const auto execute = [&](const char* sql) { check(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr)); };
  execute(
      "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 2000;"
      "PRAGMA secure_delete = OFF; CREATE TABLE row (id INTEGER PRIMARY KEY, data BLOB NOT NULL)");
  const auto prepare = [&](const char* sql) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v3(handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
    return std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)>(statement, sqlite3_finalize);
  };
  SqliteLimit limit;
  {
    const auto begin = prepare("BEGIN IMMEDIATE");
    const auto insert = prepare("INSERT INTO row (data) VALUES (?1)");
    const auto commit = prepare("COMMIT");
    const auto run = [&](sqlite3_stmt* statement) {
      check(sqlite3_step(statement));
      check(sqlite3_reset(statement));
    };
    const std::string row(row_bytes, 'r');
    check(sqlite3_bind_blob64(insert.get(), 1, row.data(), row.size(), SQLITE_STATIC));
    std::size_t transactions = 0;
    const auto start = std::chrono::steady_clock::now();
    auto now = start;
    while (now - start < duration) {
      run(begin.get());
      for (std::size_t n = 0; n < rows_per_transaction; ++n) run(insert.get());
      run(commit.get());
      ++transactions;
      now = std::chrono::steady_clock::now();
    }
    const double seconds = std::chrono::duration<double>(now - start).count();
    limit.transactions_per_second = static_cast<double>(transactions) / seconds;
    limit.rows_per_second = limit.transactions_per_second * static_cast<double>(rows_per_transaction);
  }
  remove_files();
  return limit;
}

}  // namespace stepd::bench
