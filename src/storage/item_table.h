// The ItemStore over a Store.
#pragma once

#include "base/clock.h"
#include "base/items.h"
#include "storage/store.h"

#include <cstddef>
#include <memory>
#include <vector>

namespace stepd::storage {

/// The maximum size of an item, as DynamoDB counts it.
inline constexpr std::size_t kItemBytes = 409'600;

/// The tables of the configuration and those that were created. A table whose keys or indexes are others than before
/// gets its items in order before this returns; one that the configuration does not name any more is not served, and
/// keeps its items. `store` and `clock` outlive the answer. Throws StoreError.
std::unique_ptr<ItemStore> make_item_store(Store& store, std::vector<TableSchema> tables, const Clock& clock);
/// With the system's clock.
std::unique_ptr<ItemStore> make_item_store(Store& store, std::vector<TableSchema> tables);

}  // namespace stepd::storage
