// The default store: one SQLite file in the data directory, WAL, synchronous=FULL.
#pragma once

#include "storage/store.h"

#include <filesystem>
#include <memory>

namespace stepd::storage {

/// Opens or creates `<data_dir>/stepd.db`, migrating an older schema in one transaction. One thread writes and
/// checkpoints; readers have their own read-only connections. Takes the lock `<data_dir>/LOCK` for its lifetime.
/// Throws StoreError: locked by another process, newer schema, not a stepd database, corrupt, not writable.
std::unique_ptr<Store> open_sqlite(const std::filesystem::path& data_dir);

}  // namespace stepd::storage
