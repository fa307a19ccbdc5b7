#include "tasks/item/item_condition.h"

#include "base/attribute/plain_attribute.h"
#include "base/payload.h"
#include "dynamodb/expressions/condition_expression.h"
#include "tasks/item/item_path.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace stepd::tasks {
namespace {

using dynamodb::ConditionOperand;
using Kind = dynamodb::Condition::Kind;

bool is_anything(const Json&) { return true; }
bool is_flag(const Json& with) { return with.is_boolean(); }
bool is_text(const Json& with) { return with.is_string(); }
bool is_list(const Json& with) { return with.is_array(); }
bool is_pair(const Json& with) { return with.is_array() && with.size() == 2; }
bool is_type(const Json& with) {
  return with.is_string() && attribute_type_of(with.get_ref<const std::string&>()).has_value();
}

struct Known {
  std::string_view name;
  Kind kind;
  bool (*fits)(const Json& with);
  std::string_view expected;
  bool takes_path;
};

constexpr std::array kTests{
    Known{"equals", Kind::Equal, is_anything, "", true},
    Known{"differs", Kind::NotEqual, is_anything, "", true},
    Known{"less", Kind::Less, is_anything, "", true},
    Known{"atMost", Kind::AtMost, is_anything, "", true},
    Known{"greater", Kind::Greater, is_anything, "", true},
    Known{"atLeast", Kind::AtLeast, is_anything, "", true},
    Known{"exists", Kind::Exists, is_flag, "true or false", false},
    Known{"beginsWith", Kind::BeginsWith, is_text, "a text", false},
    Known{"contains", Kind::Contains, is_anything, "", false},
    Known{"type", Kind::HasType, is_type, "one of S, N, BOOL, NULL, L, M, B, SS, NS, BS", false},
    Known{"in", Kind::In, is_list, "an array", false},
    Known{"between", Kind::Between, is_pair, "an array of two", false},
};

AslError wrong(const std::string& why) { return {"", why}; }

ConditionOperand literal(const Json& value) { return {ConditionOperand::Kind::Literal, {}, from_plain_json(value)}; }

Result<ConditionOperand> parse_operand(const Json& given) {
  const bool is_size = given.contains("size");
  STEPD_TRY(auto path, parse_path(given[is_size ? "size" : "attribute"]));
  return ConditionOperand{is_size ? ConditionOperand::Kind::Size : ConditionOperand::Kind::Path, std::move(path), {}};
}

Result<dynamodb::Condition> parse_known(const Known& known, ConditionOperand operand, const Json& with) {
  dynamodb::Condition made;
  made.kind = known.kind;
  made.operands.push_back(std::move(operand));
  if (!known.fits(with)) return wrong("'" + std::string(known.name) + "' expects " + std::string(known.expected));
  if (known.kind == Kind::Exists) {
    if (!with.get<bool>()) made.kind = Kind::NotExists;
  } else if (known.kind == Kind::In || known.kind == Kind::Between) {
    for (const auto& each : with) made.operands.push_back(literal(each));
  } else {
    made.operands.push_back(literal(with));
  }
  return made;
}

Result<dynamodb::Condition> parse_test(const Json& given) {
  STEPD_TRY(ConditionOperand operand, parse_operand(given));
  const auto member = std::find_if(given.items().begin(), given.items().end(),
                                   [](const auto& each) { return each.key() != "attribute" && each.key() != "size"; });
  if (given.size() != 2) return wrong("expected one test beside 'attribute' or 'size'");
  const std::string& name = member.key();
  for (const auto& known : kTests) {
    if (name == known.name) return parse_known(known, std::move(operand), member.value());
    if (!known.takes_path || name != std::string(known.name) + "Path") continue;
    STEPD_TRY(auto path, parse_path(member.value()));
    dynamodb::Condition made;
    made.kind = known.kind;
    made.operands = {std::move(operand), {ConditionOperand::Kind::Path, std::move(path), {}}};
    return made;
  }
  return wrong("'" + name + "' is no test");
}

Result<std::vector<Condition>> parse_list(const Json& given) {
  if (!given.is_array()) return wrong("'all' and 'any' expect an array of conditions");
  std::vector<Condition> conditions;
  for (const auto& each : given) {
    STEPD_TRY(Condition condition, parse_condition(each));
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

}  // namespace

Result<Condition> parse_condition(const Json& given) {
  if (given == "absent") return Condition([](const Item* item) { return item == nullptr; });
  if (given == "present") return Condition([](const Item* item) { return item != nullptr; });
  if (!given.is_object() || given.empty()) return wrong("expected 'absent', 'present' or an object");
  if (given.contains("attribute") || given.contains("size")) {
    STEPD_TRY(auto test, parse_test(given));
    return Condition([test = std::move(test)](const Item* item) {
      static const Item kNothing;
      return dynamodb::holds(test, item == nullptr ? kNothing : *item);
    });
  }
  const std::string& name = given.begin().key();
  const Json& inner = *given.begin();
  const bool is_known = given.size() == 1 && (name == "all" || name == "any" || name == "not");
  if (!is_known) return wrong("expected 'attribute' or 'size' with a test, or one of 'all', 'any' and 'not'");
  if (name == "not") {
    STEPD_TRY(Condition condition, parse_condition(inner));
    return Condition([condition = std::move(condition)](const Item* item) { return !condition(item); });
  }
  STEPD_TRY(std::vector<Condition> conditions, parse_list(inner));
  const bool wants_all = name == "all";
  return Condition([conditions = std::move(conditions), wants_all](const Item* item) {
    const auto holds = [&](const Condition& each) { return each(item); };
    return wants_all ? std::all_of(conditions.begin(), conditions.end(), holds)
                     : std::any_of(conditions.begin(), conditions.end(), holds);
  });
}

Condition read_condition(Arguments& arguments, std::string_view name) {
  const Json* given = arguments.optional_any(name);
  if (given == nullptr) return {};
  auto condition = parse_condition(*given);
  if (condition) return *std::move(condition);
  arguments.refuse(name, condition.error().cause);
  return {};
}

Result<void> demand(const Condition& condition, const Item* item, std::string_view table, const Json& key) {
  if (!condition || condition(item)) return {};
  return AslError{"Item.ConditionFailed", "The item " + print_json(key) + " of table '" + std::string(table) +
                                              "' is not as the condition asks."};
}

}  // namespace stepd::tasks
