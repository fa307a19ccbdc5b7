#include "dynamodb/expressions/update.h"

#include "dynamodb/expressions/expression_reader.h"

#include <algorithm>

namespace stepd::dynamodb {
namespace {

constexpr std::size_t kNumberDigits = 38;
constexpr std::int64_t kMagnitudeMax = 125;
constexpr std::int64_t kMagnitudeMin = -130;

AslError wrong_operand() { return validation_error("An operand in the update expression has an incorrect data type"); }

AslError wrong_path() {
  return validation_error("The document path provided in the update expression is invalid for update");
}

Result<Attribute> add_numbers(const Attribute& a, const Attribute& b) {
  const auto* left = a.as<ExactNumber>();
  const auto* right = b.as<ExactNumber>();
  if (left == nullptr || right == nullptr) return wrong_operand();
  auto total = sum(*left, *right);
  if (!total || total->digits().size() > kNumberDigits) {
    return validation_error("Number overflow. Attempting to store a number with magnitude larger than supported range");
  }
  if (const auto fault = fault_of_number(*total); !fault.empty()) return validation_error(std::string(fault));
  return Attribute(Attribute::Form(*std::move(total)));
}

Result<Attribute> subtract_numbers(const Attribute& a, const Attribute& b) {
  const auto* subtrahend = b.as<ExactNumber>();
  if (subtrahend == nullptr) return wrong_operand();
  return add_numbers(a, Attribute(Attribute::Form(subtrahend->negated())));
}

Result<Attribute> append_lists(const Attribute& a, const Attribute& b) {
  const auto* head = a.as<Attribute::List>();
  const auto* tail = b.as<Attribute::List>();
  if (head == nullptr || tail == nullptr) return wrong_operand();
  auto joined = *head;
  joined.insert(joined.end(), tail->begin(), tail->end());
  return Attribute(Attribute::Form(std::move(joined)));
}

Result<Attribute> evaluate(const UpdateValue& value, const Item& item) {
  const auto combine = [&](Result<Attribute> (*with)(const Attribute&, const Attribute&)) -> Result<Attribute> {
    STEPD_TRY(const Attribute left, evaluate(value.parts[0], item));
    STEPD_TRY(const Attribute right, evaluate(value.parts[1], item));
    return with(left, right);
  };
  switch (value.kind) {
    case UpdateValue::Kind::Literal:
      return value.literal;
    case UpdateValue::Kind::Path:
      if (const auto* found = find_at(item, value.path)) return *found;
      return validation_error("The provided expression refers to an attribute that does not exist in the item");
    case UpdateValue::Kind::IfNotExists:
      if (const auto* found = find_at(item, value.path)) return *found;
      return evaluate(value.parts[0], item);
    case UpdateValue::Kind::ListAppend:
      return combine(append_lists);
    case UpdateValue::Kind::Plus:
      return combine(add_numbers);
    case UpdateValue::Kind::Minus:
      break;
  }
  return combine(subtract_numbers);
}

/// What Add puts.
Result<Attribute> added(const UpdateAction& action, const Item& item) {
  const auto& value = action.value.literal;
  const auto* present = find_at(item, action.path);
  if (present == nullptr) return value;
  if (!value.is_set()) return add_numbers(*present, value);
  if (present->type() != value.type()) return wrong_operand();
  return join_sets(*present, value);
}

using Removals = std::vector<const DocumentPath*>;

/// Delete puts what is left of a set, or removes it if nothing is.
Result<void> delete_members(const UpdateAction& action, const Item& item, Item& changed, Removals& removals) {
  const auto* present = find_at(item, action.path);
  if (present == nullptr) return {};
  if (present->type() != action.value.literal.type()) return wrong_operand();
  auto rest = subtract_set(*present, action.value.literal);
  if (set_size(rest) == 0) {
    removals.push_back(&action.path);
    return {};
  }
  if (!put_at(changed, action.path, std::move(rest))) return wrong_path();
  return {};
}

/// As they are written, but elements of lists come last and in the order of their indexes: they may be appended.
std::vector<const UpdateAction*> in_order_of_making(const Update& update) {
  std::vector<const UpdateAction*> actions;
  for (const auto& action : update.actions) actions.push_back(&action);
  const auto is_member = [](const auto* action) { return std::holds_alternative<std::string>(action->path.back()); };
  const auto elements = std::stable_partition(actions.begin(), actions.end(), is_member);
  std::stable_sort(elements, actions.end(), [](const auto* a, const auto* b) { return a->path < b->path; });
  return actions;
}

}  // namespace

std::string_view fault_of_number(const ExactNumber& number) {
  if (number.digits().size() > kNumberDigits) return "Attempting to store more than 38 significant digits in a Number";
  if (number.magnitude() > kMagnitudeMax)
    return "Number overflow. Attempting to store a number with magnitude larger than supported range";
  if (number.magnitude() < kMagnitudeMin)
    return "Number underflow. Attempting to store a number with magnitude smaller than supported range";
  return "";
}

Result<Item> apply_update(const Update& update, const Item& item, MissingPaths missing) {
  Item changed = item;
  Removals removals;
  for (const auto* action : in_order_of_making(update)) {
    switch (action->kind) {
      case UpdateAction::Kind::Remove:
        removals.push_back(&action->path);
        break;
      case UpdateAction::Kind::Delete:
        STEPD_CHECK(delete_members(*action, item, changed, removals));
        break;
      case UpdateAction::Kind::Set:
      case UpdateAction::Kind::Add: {
        STEPD_TRY(Attribute value,
                  action->kind == UpdateAction::Kind::Set ? evaluate(action->value, item) : added(*action, item));
        if (!put_at(changed, action->path, std::move(value))) return wrong_path();
      }
    }
  }
  // From the back, so that the positions in a list stay those that were meant.
  std::sort(removals.begin(), removals.end(), [](const auto* a, const auto* b) { return *b < *a; });
  for (const auto* path : removals) {
    if (!erase_at(changed, *path) && missing == MissingPaths::Refused) return wrong_path();
  }
  return changed;
}

}  // namespace stepd::dynamodb
