// Items over any Store: one JSON object per table and key.
#pragma once

#include "base/items.h"
#include "storage/store.h"

#include <memory>

namespace stepd::storage {

/// `store` must outlive the answer.
std::unique_ptr<ItemStore> make_item_store(Store& store, std::vector<TableSchema> tables);

}  // namespace stepd::storage
