#include "dynamodb/item_write.h"

#include "dynamodb/expressions/expression_reader.h"
#include "dynamodb/item_checks.h"
#include "dynamodb/legacy.h"
#include "dynamodb/typed_value.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::dynamodb {
namespace {

bool is_key_attribute(const TableSchema& table, const std::string& name) {
  return table.key.name == name || (table.sort && table.sort->name == name);
}

Result<void> check_update_paths(const Update& update, const TableSchema& table) {
  for (const auto& action : update.actions) {
    const auto& name = std::get<std::string>(action.path.front());
    if (!is_key_attribute(table, name)) continue;
    if (action.path.size() > 1) {
      return validation_error(
          "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: IndexKey: " +
          name);
    }
    return validation_error("One or more parameter values were invalid: Cannot update attribute " + name +
                            ". This attribute is part of the key");
  }
  return {};
}

}  // namespace

std::vector<DocumentPath> ItemWrite::paths() const {
  std::vector<DocumentPath> touched;
  for (const auto& action : update.actions) touched.push_back(action.path);
  return touched;
}

WriteParameters::WriteParameters(Request& request, ItemWrite::Kind kind)
    : request_(request),
      kind_(kind),
      table_(request.table_name()),
      item_(request.values(kind == ItemWrite::Kind::Put ? "Item" : "Key")),
      condition_(request.text("ConditionExpression")),
      placeholders_(request) {
  const bool is_put = kind == ItemWrite::Kind::Put;
  if (!request.has(is_put ? "Item" : "Key")) request.violate(is_put ? "item" : "key", std::nullopt, "not be null");
  if (kind == ItemWrite::Kind::Update) update_ = request.text("UpdateExpression");
  on_failure_ =
      request.choice("ReturnValuesOnConditionCheckFailure", "returnValuesOnConditionCheckFailure", "ALL_OLD, NONE");
}

Result<ItemWrite> WriteParameters::read() {
  ItemWrite write;
  write.kind = kind_;
  write.table = table_;
  write.shows_item = on_failure_ == "ALL_OLD";
  const auto early = [&](const AslError& error) { return request_.early(error); };
  auto mixing = kind_ == ItemWrite::Kind::Update
                    ? check_mixing(request_, {"AttributeUpdates", "Expected", "ConditionalOperator"},
                                   {"UpdateExpression", "ConditionExpression"})
                    : check_mixing(request_, {"Expected", "ConditionalOperator"}, {"ConditionExpression"});
  if (!mixing) return early(mixing.error());
  auto item = from_typed_map(*item_, request_.wording());
  if (!item) return early(item.error());
  write.item = *std::move(item);
  if (auto read = read_expressions(write); !read) return early(read.error());
  STEPD_CHECK(read_legacy(write));
  return write;
}

Result<void> WriteParameters::read_expressions(ItemWrite& write) {
  STEPD_TRY(Placeholders placeholders, kind_ == ItemWrite::Kind::Update
                                           ? placeholders_.read({"UpdateExpression", "ConditionExpression"})
                                           : placeholders_.read({"ConditionExpression"}));
  if (update_) {
    STEPD_TRY(write.update, parse_update(*update_, placeholders));
  }
  if (condition_) {
    STEPD_TRY(write.condition, parse_condition("ConditionExpression", *condition_, placeholders));
  }
  return check_all_used(placeholders);
}

Result<void> WriteParameters::read_legacy(ItemWrite& write) {
  STEPD_TRY(auto expected, read_legacy_conditions(request_, "Expected"));
  if (expected) write.condition = std::move(expected);
  if (kind_ != ItemWrite::Kind::Update) return {};
  STEPD_TRY(auto updates, read_attribute_updates(request_));
  if (updates) write.update = *std::move(updates);
  return {};
}

Result<void> check_write(const ItemWrite& write, const TableSchema& table) {
  if (write.kind == ItemWrite::Kind::Put) return check_item(table, write.item);
  if (write.kind == ItemWrite::Kind::Update) STEPD_CHECK(check_update_paths(write.update, table));
  return check_key(table, write.item);
}

Item key_of_write(const ItemWrite& write, const TableSchema& table) {
  return select_attributes(write.item, key_names(table));
}

Result<std::optional<Item>> make_write(const ItemWrite& write, const TableSchema& table, const Item* present) {
  static const Item kNothing;
  const Item& before = present == nullptr ? kNothing : *present;
  if (write.condition && !holds(*write.condition, before))
    return AslError{"ConditionalCheckFailedException", "The conditional request failed"};
  switch (write.kind) {
    case ItemWrite::Kind::Put:
      return std::optional(write.item);
    case ItemWrite::Kind::Delete:
      return std::optional<Item>();
    case ItemWrite::Kind::Check:
      return present == nullptr ? std::optional<Item>() : std::optional(*present);
    case ItemWrite::Kind::Update:
      break;
  }
  STEPD_TRY(Item after, apply_update(write.update, present == nullptr ? write.item : *present,
                                     present == nullptr ? MissingPaths::Lenient : MissingPaths::Refused));
  STEPD_CHECK(check_updated_item(table, after));
  return std::optional(std::move(after));
}

}  // namespace stepd::dynamodb
