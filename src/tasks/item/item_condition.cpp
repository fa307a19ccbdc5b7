#include "tasks/item/item_condition.h"

#include "base/payload.h"
#include "tasks/item/item_path.h"
#include "tasks/item/item_value.h"

#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

namespace stepd::tasks {
namespace {

/// The tested value, null if it is not there, and what it is held against.
using Test = bool (*)(const Json* value, const Json& with);
/// The value to test, out of an item.
using Operand = std::function<std::optional<Json>(const Json& item)>;

bool ordered(const Json* value, const Json& with, bool (*fits)(std::partial_ordering)) {
  if (value == nullptr) return false;
  const auto found = order(*value, with);
  return found && fits(*found);
}

bool equals(const Json* value, const Json& with) { return value != nullptr && same(*value, with); }
bool differs(const Json* value, const Json& with) { return !equals(value, with); }
bool less(const Json* value, const Json& with) {
  return ordered(value, with, [](std::partial_ordering o) { return o < 0; });
}
bool at_most(const Json* value, const Json& with) {
  return ordered(value, with, [](std::partial_ordering o) { return o <= 0; });
}
bool greater(const Json* value, const Json& with) {
  return ordered(value, with, [](std::partial_ordering o) { return o > 0; });
}
bool at_least(const Json* value, const Json& with) {
  return ordered(value, with, [](std::partial_ordering o) { return o >= 0; });
}
bool exists(const Json* value, const Json& with) { return (value != nullptr) == with.get<bool>(); }
bool begins_with(const Json* value, const Json& with) {
  return value != nullptr && value->is_string() &&
         value->get_ref<const std::string&>().starts_with(with.get_ref<const std::string&>());
}
bool holds_part(const Json* value, const Json& with) { return value != nullptr && contains(*value, with); }
bool has_type(const Json* value, const Json& with) {
  return value != nullptr && type_of(*value) == with.get_ref<const std::string&>();
}
bool is_in(const Json* value, const Json& with) {
  return std::any_of(with.begin(), with.end(), [&](const Json& each) { return equals(value, each); });
}
bool is_between(const Json* value, const Json& with) { return at_least(value, with[0]) && at_most(value, with[1]); }

bool is_anything(const Json&) { return true; }
bool is_flag(const Json& with) { return with.is_boolean(); }
bool is_text(const Json& with) { return with.is_string(); }
bool is_list(const Json& with) { return with.is_array(); }
bool is_pair(const Json& with) { return with.is_array() && with.size() == 2; }
bool is_type(const Json& with) {
  return with.is_string() &&
         std::find(kValueTypes.begin(), kValueTypes.end(), with.get_ref<const std::string&>()) != kValueTypes.end();
}

struct Known {
  std::string_view name;
  Test test;
  bool (*fits)(const Json& with);
  std::string_view expected;
  bool takes_path;
};

constexpr std::array kTests{
    Known{"equals", equals, is_anything, "", true},
    Known{"differs", differs, is_anything, "", true},
    Known{"less", less, is_anything, "", true},
    Known{"atMost", at_most, is_anything, "", true},
    Known{"greater", greater, is_anything, "", true},
    Known{"atLeast", at_least, is_anything, "", true},
    Known{"exists", exists, is_flag, "true or false", false},
    Known{"beginsWith", begins_with, is_text, "a text", false},
    Known{"contains", holds_part, is_anything, "", false},
    Known{"type", has_type, is_type, "one of S, N, BOOL, NULL, L, M, B, SS, NS, BS", false},
    Known{"in", is_in, is_list, "an array", false},
    Known{"between", is_between, is_pair, "an array of two", false},
};

AslError wrong(const std::string& why) { return {"", why}; }

Result<Operand> parse_operand(const Json& given) {
  const bool is_size = given.contains("size");
  auto path = ItemPath::parse(given[is_size ? "size" : "attribute"]);
  if (!path) return path.error();
  return Operand([path = *std::move(path), is_size](const Json& item) -> std::optional<Json> {
    const Json* found = path.find(item);
    if (found == nullptr) return std::nullopt;
    if (!is_size) return *found;
    const auto size = size_of(*found);
    return size ? std::optional(Json(*size)) : std::nullopt;
  });
}

Result<Condition> parse_test(const Json& given) {
  STEPD_TRY(Operand operand, parse_operand(given));
  const auto member = std::find_if(given.items().begin(), given.items().end(),
                                   [](const auto& each) { return each.key() != "attribute" && each.key() != "size"; });
  if (given.size() != 2) return wrong("expected one test beside 'attribute' or 'size'");
  const std::string& name = member.key();
  const Json& with = member.value();
  for (const auto& known : kTests) {
    const bool by_path = known.takes_path && name == std::string(known.name) + "Path";
    if (name != known.name && !by_path) continue;
    if (by_path) {
      STEPD_TRY(ItemPath path, ItemPath::parse(with));
      return Condition([operand = std::move(operand), test = known.test, path = std::move(path)](const Json& item) {
        const auto value = operand(item);
        const Json* other = path.find(item);
        return other != nullptr && test(value ? &*value : nullptr, *other);
      });
    }
    if (!known.fits(with)) return wrong("'" + name + "' expects " + std::string(known.expected));
    return Condition([operand = std::move(operand), test = known.test, with](const Json& item) {
      const auto value = operand(item);
      return test(value ? &*value : nullptr, with);
    });
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
  if (given == "absent") return Condition([](const Json& item) { return item.is_null(); });
  if (given == "present") return Condition([](const Json& item) { return !item.is_null(); });
  if (!given.is_object() || given.empty()) return wrong("expected 'absent', 'present' or an object");
  if (given.contains("attribute") || given.contains("size")) return parse_test(given);
  const std::string& name = given.begin().key();
  const Json& inner = *given.begin();
  const bool is_known = given.size() == 1 && (name == "all" || name == "any" || name == "not");
  if (!is_known) return wrong("expected 'attribute' or 'size' with a test, or one of 'all', 'any' and 'not'");
  if (name == "not") {
    STEPD_TRY(Condition condition, parse_condition(inner));
    return Condition([condition = std::move(condition)](const Json& item) { return !condition(item); });
  }
  STEPD_TRY(std::vector<Condition> conditions, parse_list(inner));
  const bool wants_all = name == "all";
  return Condition([conditions = std::move(conditions), wants_all](const Json& item) {
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

Result<void> demand(const Condition& condition, const Json* item, std::string_view table, const Json& key) {
  static const Json kNothing;
  if (!condition || condition(item == nullptr ? kNothing : *item)) return {};
  return AslError{"Item.ConditionFailed", "The item " + print_json(key) + " of table '" + std::string(table) +
                                              "' is not as the condition asks."};
}

}  // namespace stepd::tasks
