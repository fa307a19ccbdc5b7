// The description of a table as a store keeps it: JSON text.
#pragma once

#include "base/items.h"

#include <string>
#include <string_view>

namespace stepd::storage {

/// Without created_at, which the record has.
std::string print_table(const Table& table);
/// The error has no name.
Result<Table> parse_table(std::string_view text);

}  // namespace stepd::storage
