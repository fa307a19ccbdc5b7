// The configuration's `tables`: where items are kept.
#pragma once

#include "base/items.h"
#include "daemon/config/mapping.h"

#include <vector>

namespace stepd::daemon {

std::vector<TableSchema> read_tables(Mapping& root);

}  // namespace stepd::daemon
