#include "dynamodb/expressions/condition_expression.h"

#include <algorithm>
#include <array>

namespace stepd::dynamodb {
namespace {

constexpr std::array<std::string_view, 16> kNames{"=",
                                                  "<>",
                                                  "<",
                                                  "<=",
                                                  ">",
                                                  ">=",
                                                  "BETWEEN",
                                                  "IN",
                                                  "attribute_exists",
                                                  "attribute_not_exists",
                                                  "attribute_type",
                                                  "begins_with",
                                                  "contains",
                                                  "NOT",
                                                  "AND",
                                                  "OR"};

/// The value of an operand, without a copy where the item or the condition has it.
class Seen {
 public:
  Seen(const ConditionOperand& operand, const Item& item) {
    switch (operand.kind) {
      case ConditionOperand::Kind::Literal:
        value_ = &operand.literal;
        break;
      case ConditionOperand::Kind::Path:
        value_ = find_at(item, operand.path);
        break;
      case ConditionOperand::Kind::Size: {
        const auto* found = find_at(item, operand.path);
        const auto size = found == nullptr ? std::nullopt : size_value(*found);
        if (!size) break;
        made_ = Attribute::number(*size);
        value_ = &made_;
      }
    }
  }
  Seen(const Seen&) = delete;
  Seen& operator=(const Seen&) = delete;

  /// Null if there is none.
  const Attribute* value() const { return value_; }

 private:
  Attribute made_;
  const Attribute* value_ = nullptr;
};

bool equal_values(const Attribute* a, const Attribute* b) { return a != nullptr && b != nullptr && *a == *b; }

std::optional<std::strong_ordering> ordered(const Attribute* a, const Attribute* b) {
  return a == nullptr || b == nullptr ? std::nullopt : order(*a, *b);
}

bool compares(Condition::Kind kind, const Attribute* a, const Attribute* b) {
  const auto found = ordered(a, b);
  if (!found) return false;
  switch (kind) {
    case Condition::Kind::Less:
      return *found < 0;
    case Condition::Kind::AtMost:
      return *found <= 0;
    case Condition::Kind::Greater:
      return *found > 0;
    default:
      return *found >= 0;
  }
}

bool test(const Condition& condition, const Item& item) {
  const auto& operands = condition.operands;
  const Seen first(operands[0], item);
  const auto* value = first.value();
  using Kind = Condition::Kind;
  switch (condition.kind) {
    case Kind::Exists:
      return value != nullptr;
    case Kind::NotExists:
      return value == nullptr;
    case Kind::In:
      return std::any_of(operands.begin() + 1, operands.end(),
                         [&](const auto& each) { return equal_values(value, Seen(each, item).value()); });
    case Kind::Between:
      return compares(Kind::AtLeast, value, Seen(operands[1], item).value()) &&
             compares(Kind::AtMost, value, Seen(operands[2], item).value());
    default:
      break;
  }
  const Seen second(operands[1], item);
  const auto* other = second.value();
  switch (condition.kind) {
    case Kind::Equal:
      return equal_values(value, other);
    case Kind::NotEqual:
      return !equal_values(value, other);
    case Kind::HasType: {
      const auto* name = other == nullptr ? nullptr : other->as<std::string>();
      return value != nullptr && name != nullptr && name_of(value->type()) == *name;
    }
    case Kind::BeginsWith:
      return value != nullptr && other != nullptr && begins_with_value(*value, *other);
    case Kind::Contains:
      return value != nullptr && other != nullptr && contains_value(*value, *other);
    default:
      return compares(condition.kind, value, other);
  }
}

template <class Each>
void visit_paths(const Condition& condition, const Each& each) {
  for (const auto& operand : condition.operands) {
    if (!operand.path.empty()) each(operand.path);
  }
  for (const auto& child : condition.children) visit_paths(child, each);
}

}  // namespace

std::string_view name_of(Condition::Kind kind) { return kNames.at(static_cast<std::size_t>(kind)); }

bool holds(const Condition& condition, const Item& item) {
  const auto child_holds = [&](const Condition& child) { return holds(child, item); };
  switch (condition.kind) {
    case Condition::Kind::Not:
      return !holds(condition.children.front(), item);
    case Condition::Kind::And:
      return std::all_of(condition.children.begin(), condition.children.end(), child_holds);
    case Condition::Kind::Or:
      return std::any_of(condition.children.begin(), condition.children.end(), child_holds);
    default:
      return test(condition, item);
  }
}

std::optional<std::int64_t> size_value(const Attribute& value) {
  if (const auto* text = value.as<std::string>()) {
    std::int64_t units = 0;
    for (const char c : *text) {
      const auto byte = static_cast<unsigned char>(c);
      if ((byte & 0xC0U) != 0x80U) ++units;  // the first byte of a character
      if (byte >= 0xF0U) ++units;            // a pair of surrogates
    }
    return units;
  }
  if (const auto* bytes = value.as<AttributeBytes>()) return static_cast<std::int64_t>(bytes->bytes.size());
  if (const auto* list = value.as<Attribute::List>()) return static_cast<std::int64_t>(list->size());
  if (const auto* map = value.as<AttributeMap>()) return static_cast<std::int64_t>(map->size());
  if (value.is_set()) return static_cast<std::int64_t>(set_size(value));
  return std::nullopt;
}

bool contains_value(const Attribute& whole, const Attribute& part) {
  if (whole.is_set()) return set_contains(whole, part);
  if (const auto* list = whole.as<Attribute::List>()) return std::find(list->begin(), list->end(), part) != list->end();
  if (const auto* text = whole.as<std::string>()) {
    const auto* wanted = part.as<std::string>();
    return wanted != nullptr && text->find(*wanted) != std::string::npos;
  }
  const auto* bytes = whole.as<AttributeBytes>();
  const auto* wanted = part.as<AttributeBytes>();
  return bytes != nullptr && wanted != nullptr && bytes->bytes.find(wanted->bytes) != std::string::npos;
}

bool begins_with_value(const Attribute& whole, const Attribute& beginning) {
  if (const auto* text = whole.as<std::string>()) {
    const auto* wanted = beginning.as<std::string>();
    return wanted != nullptr && text->starts_with(*wanted);
  }
  const auto* bytes = whole.as<AttributeBytes>();
  const auto* wanted = beginning.as<AttributeBytes>();
  return bytes != nullptr && wanted != nullptr && bytes->bytes.starts_with(wanted->bytes);
}

void collect_names(const Condition& condition, std::vector<std::string>& names) {
  visit_paths(condition, [&](const DocumentPath& path) { names.push_back(std::get<std::string>(path.front())); });
}

bool reads_beneath(const Condition& condition, std::string_view name) {
  bool found = false;
  visit_paths(condition, [&](const DocumentPath& path) {
    if (path.size() > 1 && std::get<std::string>(path.front()) == name) found = true;
  });
  return found;
}

}  // namespace stepd::dynamodb
