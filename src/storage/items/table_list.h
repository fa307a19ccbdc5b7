// The tables that are served, as a store keeps their records, and the writes that change which there are. What their
// items are is for item_table.cpp.
#pragma once

#include "base/clock.h"
#include "base/items.h"
#include "base/mutex.h"
#include "storage/store.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::storage {

struct StoredTable : Table {
  std::string items;  ///< TableRecord::items
};
using StoredTablePtr = std::shared_ptr<const StoredTable>;

/// Thread: any; calls that write block.
class TableList {
 public:
  /// As make_item_store().
  TableList(Store& store, const std::vector<TableSchema>& configured, const Clock& clock);

  std::vector<StoredTablePtr> all() const;
  /// Null if there is none.
  StoredTablePtr find(std::string_view name) const;

  Result<StoredTablePtr> create(const TableSchema& schema, const std::string& settings);
  Result<StoredTablePtr> drop(const std::string& name);
  /// Items that are there already are put into new indexes, and the order of their expiry, before this returns.
  Result<StoredTablePtr> alter(const std::string& name, const TableChange& change);

  /// Removes about `rows` rows of dropped tables; true if there is more.
  bool purge_dropped(std::size_t rows);

 private:
  Result<void> save(const StoredTable& table, bool dropped = false);
  void configure(const TableSchema& schema, const std::vector<TableRecord>& records);
  Result<void> rebuild(const StoredTable& table, const TableSchema& before);
  Result<void> purge_index(const StoredTable& table, const std::string& index);
  Result<void> write_entries(const StoredTable& table);

  Store& store_;
  const Clock& clock_;
  Mutex changing_;  ///< held while a table is created, dropped or changed
  mutable Mutex mutex_;
  std::map<std::string, StoredTablePtr, std::less<>> tables_ STEPD_GUARDED_BY(mutex_);
  bool dropped_ STEPD_GUARDED_BY(mutex_) = false;  ///< there may be items of dropped tables
};

/// The answer to a write, waited for.
Outcome write_and_wait(Store& store, Write write);
/// `Item.StorageFull` or `Item.Failed` unless it is Committed.
Result<void> check_outcome(Outcome outcome, const std::string& table);

}  // namespace stepd::storage
