// Which operations there are. A new one is a file here and two lines below.
#include "dynamodb/dynamodb_operation.h"

#include <algorithm>
#include <array>

namespace stepd::dynamodb {

extern const Operation batch_get_item;
extern const Operation batch_write_item;
extern const Operation create_table;
extern const Operation delete_item;
extern const Operation delete_table;
extern const Operation describe_endpoints;
extern const Operation describe_limits;
extern const Operation describe_table_operation;
extern const Operation describe_time_to_live;
extern const Operation get_item;
extern const Operation list_tables;
extern const Operation put_item;
extern const Operation query_items_operation;
extern const Operation scan;
extern const Operation transact_get_items;
extern const Operation transact_write_items;
extern const Operation update_item;
extern const Operation update_table;
extern const Operation update_time_to_live;

std::span<const Operation* const> operations() {
  static const std::array kAll{
      &batch_get_item,
      &batch_write_item,
      &create_table,
      &delete_item,
      &delete_table,
      &describe_endpoints,
      &describe_limits,
      &describe_table_operation,
      &describe_time_to_live,
      &get_item,
      &list_tables,
      &put_item,
      &query_items_operation,
      &scan,
      &transact_get_items,
      &transact_write_items,
      &update_item,
      &update_table,
      &update_time_to_live,
  };
  return kAll;
}

const Operation* find_operation(std::string_view name) {
  const auto all = operations();
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto* each) { return each->name == name; });
  return found == all.end() ? nullptr : *found;
}

}  // namespace stepd::dynamodb
