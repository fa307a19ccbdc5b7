// The ItemStore over a Store: one JSON object per table and key.
#pragma once

#include "base/items.h"
#include "storage/store.h"

#include <cstddef>
#include <memory>

namespace stepd::storage {

/// The maximum size of an item that change() makes, in bytes of its compact text, as in DynamoDB. An item that put()
/// writes is limited by the size of a state's input.
inline constexpr std::size_t kItemBytes = 409'600;

/// `store` outlives the answer.
std::unique_ptr<ItemStore> make_item_store(Store& store, std::vector<TableSchema> tables);

}  // namespace stepd::storage
