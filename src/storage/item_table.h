// Items over any Store: one JSON object per table and key.
#pragma once

#include "base/items.h"
#include "storage/store.h"

#include <cstddef>
#include <memory>

namespace stepd::storage {

/// Of an item that a change makes, printed; as in DynamoDB. Items that are put whole are bounded by a state's output.
inline constexpr std::size_t kItemBytes = 409'600;

/// `store` must outlive the answer.
std::unique_ptr<ItemStore> make_item_store(Store& store, std::vector<TableSchema> tables);

}  // namespace stepd::storage
