#include "tasks/item/item_changes.h"

#include "base/attribute/plain_attribute.h"
#include "tasks/item/item_path.h"

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <utility>

namespace stepd::tasks {
namespace {

using dynamodb::UpdateAction;
using dynamodb::UpdateValue;

AslError bad_change(const std::string& why) { return {"", why}; }

bool has_members(const Json& given, std::initializer_list<const char*> names) {
  if (!given.is_object() || given.size() != names.size()) return false;
  return std::all_of(names.begin(), names.end(), [&](const char* name) { return given.contains(name); });
}

Result<UpdateValue> parse_change_operand(const Json& given);

Result<UpdateValue> parse_path_operand(const Json& given) {
  UpdateValue value;
  value.kind = UpdateValue::Kind::Path;
  STEPD_TRY(value.path, parse_path(given["path"]));
  if (!given.contains("else")) return value;
  value.kind = UpdateValue::Kind::IfNotExists;
  STEPD_TRY(UpdateValue otherwise, parse_change_operand(given["else"]));
  value.parts.push_back(std::move(otherwise));
  return value;
}

Result<UpdateValue> parse_pair(const Json& pair, UpdateValue::Kind kind) {
  if (!pair.is_array() || pair.size() != 2) return bad_change("expected two operands");
  UpdateValue value;
  value.kind = kind;
  for (const auto& each : pair) {
    STEPD_TRY(UpdateValue part, parse_change_operand(each));
    value.parts.push_back(std::move(part));
  }
  return value;
}

Result<UpdateValue> parse_change_operand(const Json& given) {
  if (has_members(given, {"value"})) {
    UpdateValue value;
    value.literal = from_plain_json(given["value"]);
    return value;
  }
  if (has_members(given, {"path"}) || has_members(given, {"path", "else"})) return parse_path_operand(given);
  if (has_members(given, {"plus"})) return parse_pair(given["plus"], UpdateValue::Kind::Plus);
  if (has_members(given, {"minus"})) return parse_pair(given["minus"], UpdateValue::Kind::Minus);
  if (has_members(given, {"append"})) return parse_pair(given["append"], UpdateValue::Kind::ListAppend);
  return bad_change("an operand is {value}, {path}, {path, else}, {plus}, {minus} or {append}");
}

Result<UpdateAction> parse_action(UpdateAction::Kind kind, const Json& path) {
  UpdateAction action;
  action.kind = kind;
  STEPD_TRY(action.path, parse_path(path));
  return action;
}

Result<UpdateAction> parse_with_value(UpdateAction::Kind kind, const Json& path, const Json& value) {
  STEPD_TRY(UpdateAction action, parse_action(kind, path));
  action.value.literal = from_plain_json(value);
  const auto& literal = action.value.literal;
  const bool adds = kind == UpdateAction::Kind::Add;
  if (!literal.is_set() && !(adds && literal.type() == AttributeType::Number))
    return bad_change(adds ? "'add' takes a number or a set" : "'subtract' takes a set");
  return action;
}

Result<UpdateAction> parse_change(const Json& given) {
  if (has_members(given, {"set", "to"})) {
    STEPD_TRY(UpdateAction action, parse_action(UpdateAction::Kind::Set, given["set"]));
    STEPD_TRY(action.value, parse_change_operand(given["to"]));
    return action;
  }
  if (has_members(given, {"remove"})) return parse_action(UpdateAction::Kind::Remove, given["remove"]);
  if (has_members(given, {"add", "value"}))
    return parse_with_value(UpdateAction::Kind::Add, given["add"], given["value"]);
  if (has_members(given, {"subtract", "value"}))
    return parse_with_value(UpdateAction::Kind::Delete, given["subtract"], given["value"]);
  return bad_change("an operation is {set, to}, {remove}, {add, value} or {subtract, value}");
}

}  // namespace

Result<dynamodb::Update> parse_changes(const Json& operations) {
  dynamodb::Update changes;
  for (const auto& operation : operations) {
    STEPD_TRY(UpdateAction change, parse_change(operation));
    changes.actions.push_back(std::move(change));
  }
  return changes;
}

Result<Item> apply_changes(const dynamodb::Update& changes, const Item& item) {
  auto changed = dynamodb::apply_update(changes, item, dynamodb::MissingPaths::Lenient);
  if (!changed) return AslError{"Item.InvalidUpdate", changed.error().cause + "."};
  return changed;
}

}  // namespace stepd::tasks
