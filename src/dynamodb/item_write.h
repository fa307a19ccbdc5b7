// One write of an item as PutItem, UpdateItem, DeleteItem and the actions of a transaction ask for it: read from the
// request, checked against the table, and made.
#pragma once

#include "base/items.h"
#include "dynamodb/api_request.h"
#include "dynamodb/expression_parameters.h"
#include "dynamodb/expressions/condition_expression.h"
#include "dynamodb/expressions/update.h"

#include <optional>
#include <string>

namespace stepd::dynamodb {

struct ItemWrite {
  enum class Kind : std::uint8_t { Put, Update, Delete, Check };  ///< Check: a condition alone
  Kind kind = Kind::Put;
  std::string table = {};
  Item item = {};  ///< of Put the item, else its key
  std::optional<Condition> condition = {};
  Update update = {};
  bool shows_item = false;  ///< if the condition fails

  /// Paths that an update touches.
  std::vector<DocumentPath> paths() const;
};

/// The parameters of a write. They are read from the request before its check(), what they mean after it.
class WriteParameters {
 public:
  WriteParameters(Request& request, ItemWrite::Kind kind);

  /// Combinations of parameters, values and expressions, without a look at the table.
  Result<ItemWrite> read();

 private:
  Result<void> read_expressions(ItemWrite& write);
  Result<void> read_legacy(ItemWrite& write);

  Request& request_;
  ItemWrite::Kind kind_;
  std::string table_;
  const Json* item_ = nullptr;
  std::optional<std::string> condition_;
  std::optional<std::string> update_;
  PlaceholderParameters placeholders_;
  std::optional<std::string> on_failure_;
};

/// The keys, the indexes, and what an update may not touch.
Result<void> check_write(const ItemWrite& write, const TableSchema& table);
/// The key of the item, once check_write() has passed.
Item key_of_write(const ItemWrite& write, const TableSchema& table);

/// What the item becomes. `ConditionalCheckFailedException` if the condition does not hold.
Result<std::optional<Item>> make_write(const ItemWrite& write, const TableSchema& table, const Item* present);

}  // namespace stepd::dynamodb
