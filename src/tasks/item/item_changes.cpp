#include "tasks/item/item_changes.h"

#include "base/long_integer.h"
#include "tasks/item/item_value.h"

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <utility>

namespace stepd::tasks {
namespace {

/// The value of an operand for an item.
using ChangeOperand = std::function<Result<Json>(const Json& item)>;

AslError bad_change(const std::string& why) { return {"", why}; }

bool has_members(const Json& given, std::initializer_list<const char*> names) {
  if (!given.is_object() || given.size() != names.size()) return false;
  return std::all_of(names.begin(), names.end(), [&](const char* name) { return given.contains(name); });
}

Result<Json> append(Json head, const Json& tail) {
  if (!head.is_array() || !tail.is_array())
    return AslError{"Item.InvalidUpdate", "Only an array can be appended to an array."};
  head.insert(head.end(), tail.begin(), tail.end());
  return head;
}

Result<ChangeOperand> parse_change_operand(const Json& given);

Result<ChangeOperand> parse_path_operand(const Json& given) {
  STEPD_TRY(ItemPath path, ItemPath::parse(given["path"]));
  ChangeOperand otherwise;
  if (given.contains("else")) {
    STEPD_TRY(otherwise, parse_change_operand(given["else"]));
  }
  return ChangeOperand([path = std::move(path), otherwise = std::move(otherwise)](const Json& item) -> Result<Json> {
    if (const Json* found = path.find(item)) return *found;
    if (otherwise) return otherwise(item);
    return AslError{"Item.InvalidUpdate", "The item has no attribute '" + path.text() + "'."};
  });
}

Result<ChangeOperand> parse_pair(const Json& pair, Result<Json> (*combine)(const Json&, const Json&)) {
  if (!pair.is_array() || pair.size() != 2) return bad_change("expected two operands");
  STEPD_TRY(ChangeOperand left, parse_change_operand(pair[0]));
  STEPD_TRY(ChangeOperand right, parse_change_operand(pair[1]));
  return ChangeOperand([left = std::move(left), right = std::move(right), combine](const Json& item) -> Result<Json> {
    STEPD_TRY(const Json a, left(item));
    STEPD_TRY(const Json b, right(item));
    return combine(a, b);
  });
}

Result<ChangeOperand> parse_change_operand(const Json& given) {
  if (has_members(given, {"value"})) {
    return ChangeOperand([value = given["value"]](const Json&) -> Result<Json> { return value; });
  }
  if (has_members(given, {"path"}) || has_members(given, {"path", "else"})) return parse_path_operand(given);
  if (has_members(given, {"plus"})) {
    return parse_pair(given["plus"], [](const Json& a, const Json& b) { return sum(a, b, 1); });
  }
  if (has_members(given, {"minus"})) {
    return parse_pair(given["minus"], [](const Json& a, const Json& b) { return sum(a, b, -1); });
  }
  if (has_members(given, {"append"})) {
    return parse_pair(given["append"], [](const Json& a, const Json& b) { return append(a, b); });
  }
  return bad_change("an operand is {value}, {path}, {path, else}, {plus}, {minus} or {append}");
}

Result<Change> parse_set(const Json& given) {
  STEPD_TRY(ItemPath path, ItemPath::parse(given["set"]));
  STEPD_TRY(ChangeOperand operand, parse_change_operand(given["to"]));
  auto apply = [path, operand = std::move(operand)](const Json& before, Json& after) -> Result<void> {
    STEPD_TRY(Json value, operand(before));
    return path.put(after, std::move(value));
  };
  return Change{std::move(path), false, std::move(apply)};
}

Result<Change> parse_remove(const Json& given) {
  STEPD_TRY(ItemPath path, ItemPath::parse(given["remove"]));
  auto apply = [path](const Json&, Json& after) -> Result<void> {
    path.erase(after);
    return {};
  };
  return Change{std::move(path), true, std::move(apply)};
}

Result<Change> parse_add(const Json& given) {
  STEPD_TRY(ItemPath path, ItemPath::parse(given["add"]));
  const Json& value = given["value"];
  if (!as_double(value) && !is_set(value)) return bad_change("'add' takes a number or a set");
  auto apply = [path, value](const Json& before, Json& after) -> Result<void> {
    const Json* present = path.find(before);
    if (present == nullptr) return path.put(after, value);
    if (is_set(value)) {
      STEPD_TRY(std::optional<Json> joined, join_sets(*present, value));
      return path.put(after, *std::move(joined));
    }
    STEPD_TRY(Json made, sum(*present, value, 1));
    return path.put(after, std::move(made));
  };
  return Change{std::move(path), false, std::move(apply)};
}

Result<Change> parse_subtract(const Json& given) {
  STEPD_TRY(ItemPath path, ItemPath::parse(given["subtract"]));
  const Json& value = given["value"];
  if (!is_set(value)) return bad_change("'subtract' takes a set");
  auto apply = [path, value](const Json& before, Json& after) -> Result<void> {
    const Json* present = path.find(before);
    if (present == nullptr) return {};
    STEPD_TRY(std::optional<Json> rest, subtract_set(*present, value));
    if (rest) return path.put(after, *std::move(rest));
    path.erase(after);
    return {};
  };
  return Change{std::move(path), false, std::move(apply)};
}

Result<Change> parse_change(const Json& given) {
  if (has_members(given, {"set", "to"})) return parse_set(given);
  if (has_members(given, {"remove"})) return parse_remove(given);
  if (has_members(given, {"add", "value"})) return parse_add(given);
  if (has_members(given, {"subtract", "value"})) return parse_subtract(given);
  return bad_change("an operation is {set, to}, {remove}, {add, value} or {subtract, value}");
}

}  // namespace

Result<std::vector<Change>> parse_changes(const Json& operations) {
  std::vector<Change> changes;
  for (const auto& operation : operations) {
    STEPD_TRY(Change change, parse_change(operation));
    changes.push_back(std::move(change));
  }
  return changes;
}

Result<Json> apply_changes(const std::vector<Change>& changes, const Json& item) {
  Json changed = item;
  std::vector<const Change*> removals;
  for (const auto& change : changes) {
    if (change.removes) {
      removals.push_back(&change);
    } else {
      STEPD_CHECK(change.apply(item, changed));
    }
  }
  // From the back, so that the indexes of an array stay those that were meant.
  std::sort(removals.begin(), removals.end(), [](const auto* a, const auto* b) { return b->path < a->path; });
  for (const auto* removal : removals) STEPD_CHECK(removal->apply(item, changed));
  return changed;
}

}  // namespace stepd::tasks
