// The default store: one SQLite file in the data directory, WAL, synchronous=FULL.
#pragma once

#include "storage/store.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace stepd::storage {

struct SqliteOptions {
  /// Growth of the WAL after which it is moved into the database file.
  std::uint64_t checkpoint_bytes = 16 * 1024 * 1024;
  /// For metrics, on the writer's thread: after each commit, with the number of writes that shared it.
  std::function<void(std::size_t writes)> on_commit;
  /// ... and after each checkpoint, with the pages in the WAL and those of them that are in the database file now.
  std::function<void(int pages_in_wal, int pages_moved)> on_checkpoint;
  /// Nothing more will be stored, whoever writes. Called once, on the writer's thread.
  std::function<void()> on_fatal;
};

/// Opens or creates `<data_dir>/stepd.db`, migrating an older schema in one transaction. One thread writes and
/// checkpoints; readers have their own read-only connections. Takes the lock `<data_dir>/LOCK` for its lifetime.
/// Throws StoreError: locked by another process, newer schema, not a stepd database, corrupt, not writable.
std::unique_ptr<Store> open_sqlite(const std::filesystem::path& data_dir, SqliteOptions options = {});

/// Everything that is not as SQLite writes it, in its words: pages, rows that no index has, and the like. Reads the
/// whole file. Throws StoreError.
std::vector<std::string> check_pages(const std::filesystem::path& data_dir);

struct StoredName {
  ExecutionId id;
  std::string arn;  ///< empty if its row cannot be read
};
/// All executions, open and closed, of which anything leads to a row. Throws StoreError.
std::vector<StoredName> all_executions(const std::filesystem::path& data_dir);

}  // namespace stepd::storage
