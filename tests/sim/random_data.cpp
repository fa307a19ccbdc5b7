#include "sim/random_data.h"

#include <algorithm>
#include <array>

namespace stepd::test {
namespace {

using Json = RandomData::Value;
using Kind = RandomData::Kind;

constexpr std::array kTexts{"",    "a",        "abc",       "übergröße",  "日本語",
                            "😀 b", "a.b, (c)", "[1, null]", "{\"x\": 2}", "2026-01-02T03:04:05Z"};
constexpr std::array<std::int64_t, 8> kIntegers{
    0, 1, 2, -7, 42, 1'000'000'007, 9'007'199'254'740'991, -9'007'199'254'740'991};
constexpr std::array kFloats{0.5, -1.5, 2.25, 1234.75};
constexpr std::array kNames{"a", "b", "list", "größe", "x y"};
constexpr std::array kTimes{"2026-01-02T03:04:05Z", "2025-12-31T23:59:59Z", "2026-01-02T03:04:06Z"};

bool is_of(Kind kind, const Json& value) {
  switch (kind) {
    case Kind::Any:
      return true;
    case Kind::Number:
      return value.is_number();
    case Kind::Text:
      return value.is_string();
    case Kind::List:
      return value.is_array();
    case Kind::Object:
      return value.is_object();
  }
  return false;
}

std::string member(const std::string& path, const std::string& name) {
  const bool plain =
      std::all_of(name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; });
  return plain ? path + "." + name : path + "['" + name + "']";
}

struct Place {
  std::string path;
  const Json* value;
};

/// The places of that kind in `value`, itself included.
void collect(const std::string& path, const Json& value, int depth, Kind kind, std::vector<Place>& found) {
  if (is_of(kind, value)) found.push_back({path, &value});
  if (depth == 0) return;
  if (value.is_object()) {
    for (const auto& [name, inner] : value.items()) collect(member(path, name), inner, depth - 1, kind, found);
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < std::min<std::size_t>(value.size(), 2); ++i)
      collect(path + "[" + std::to_string(i) + "]", value[i], depth - 1, kind, found);
  }
}

}  // namespace

Json RandomData::scalar() {
  switch (draw(8)) {
    case 0:
      return nullptr;
    case 1:
      return one_in(2);
    case 2:
      return kFloats[draw(kFloats.size())];
    case 3:
    case 4:
      return kIntegers[draw(kIntegers.size())];
    default:
      return kTexts[draw(kTexts.size())];
  }
}

Json RandomData::value(int depth) {
  const auto form = draw(5);
  if (depth == 0 || form > 2) return scalar();
  Json made = form == 0 ? Json::array() : Json::object();
  for (auto count = draw(4); count > 0; --count) {
    auto inner = value(depth - 1);
    if (form == 0)
      made.push_back(std::move(inner));
    else
      made[kNames[draw(kNames.size())]] = std::move(inner);
  }
  return made;
}

Json RandomData::document() {
  Json items = Json::array();
  for (auto count = one_in(8) ? 0 : 1 + draw(3); count > 0; --count)
    items.push_back(one_in(3) ? scalar() : Json{{"n", draw(9)}, {"s", kTexts[draw(kTexts.size())]}});
  // Where states often put their results: what follows finds something even if those were passed over.
  return {{"n", draw(100)},
          {"s", kTexts[draw(kTexts.size())]},
          {"items", std::move(items)},
          {"o", value(3)},
          {"r1", reply()},
          {"r2", reply()}};
}

Json RandomData::reply() {
  if (one_in(12)) return value(2);
  Json list = Json::array();
  for (auto count = 1 + draw(2); count > 0; --count) list.push_back({{"n", draw(5)}});
  return {{"n", draw(10)},
          {"s", kTexts[draw(kTexts.size())]},
          {"list", std::move(list)},
          {"ok", one_in(2)},
          {"at", kTimes[draw(kTimes.size())]}};
}

RandomData::Expression RandomData::path(const Sight& sight, Kind kind) {
  static const Json kText = "S", kNumber = 0, kList = Json::array({{{"n", 1}}}), kNull;
  if (one_in(400)) return {"$.no.such", nullptr};
  if (one_in(150)) return {one_in(4) ? "$$.Execution.Input.items[9].n" : "$$.Execution.Input.items[9]", nullptr};
  if (one_in(60)) kind = Kind::Any;
  std::vector<Place> places;
  collect("$", sight.input, 4, kind, places);
  for (const auto& [name, value] : sight.variables) collect("$" + name, value, 2, kind, places);
  collect("$$.Execution.Name", kText, 0, kind, places);
  collect("$$.Execution.Input.items", kList, 0, kind, places);
  collect("$$.Execution.Input.n", kNumber, 0, kind, places);
  collect("$$.State.Name", kText, 0, kind, places);
  if (sight.counts_retries) collect("$$.State.RetryCount", kNumber, 0, kind, places);
  if (sight.in_iteration) {
    collect("$$.Map.Item.Index", kNumber, 0, kind, places);
    collect("$$.Map.Item.Value", kNull, 0, kind, places);
  }
  if (places.empty()) return {"$", sight.input};
  const auto& place = places[draw(places.size())];
  return {place.path, *place.value};
}

RandomData::Expression RandomData::input_path(const Sight& sight, Kind kind) {
  std::vector<Place> places;
  collect("$", sight.input, 4, kind, places);
  if (places.empty()) return {"$", sight.input};
  const auto& place = places[draw(places.size())];
  return {place.path, *place.value};
}

RandomData::Expression RandomData::argument(const Sight& sight, int depth) {
  switch (draw(6)) {
    case 0:
      return {"'" + std::string(kTexts[1 + draw(6)]) + "'", "text"};
    case 1: {
      const Json number = kIntegers[draw(kIntegers.size())];
      return {number.dump(), number};
    }
    case 2:
      if (depth > 0) return call(sight, depth - 1);
      [[fallthrough]];
    default:
      return path(sight, Kind::Any);
  }
}

RandomData::Expression RandomData::call(const Sight& sight, int depth) {
  switch (draw(6)) {
    case 0: {
      const auto first = argument(sight, depth), second = argument(sight, depth);
      return {"States.Array(" + first.text + ", " + second.text + ")", Json::array({first.value, second.value})};
    }
    case 1: {
      const auto first = argument(sight, depth), second = argument(sight, depth);
      const auto* pattern = one_in(30) ? "'{} only'" : one_in(30) ? "'{0} {}'" : "'ä{}, {}'";
      return {std::string("States.Format(") + pattern + ", " + first.text + ", " + second.text + ")", "ä1, 2"};
    }
    case 2:
      return {"States.MathAdd(" + path(sight, Kind::Number).text + ", " + std::to_string(draw(9)) + ")", 5};
    case 3:
      return {"States.ArrayLength(" + path(sight, Kind::List).text + ")", 1};
    case 4:
      return {"States.JsonToString(" + argument(sight, depth).text + ")", "[]"};
    default: {
      if (one_in(6)) return {"States.StringToJson(" + path(sight, Kind::Text).text + ")", nullptr};
      const auto inner = argument(sight, depth);
      return {"States.StringToJson(States.JsonToString(" + inner.text + "))", inner.value};
    }
  }
}

RandomData::Expression RandomData::expression(const Sight& sight, int depth) {
  return one_in(3) ? call(sight, depth) : path(sight, Kind::Any);
}

// One letter for a name and in this order: whatever order an implementation gives to the members that it computes, it
// is this one.
RandomData::Template RandomData::payload_template(const Sight& sight, int depth) {
  Template made{Json::object(), Json::object()};
  if (one_in(2)) made.fields["fixed"] = made.value["fixed"] = value(1);
  if (depth > 0 && one_in(3)) {
    auto inner = payload_template(sight, depth - 1);
    const bool listed = one_in(2);
    made.fields["inner"] = listed ? Json::array({1, inner.fields}) : inner.fields;
    made.value["inner"] = listed ? Json::array({1, inner.value}) : inner.value;
  }
  for (char name = 'a'; name < 'g'; ++name) {
    if (!one_in(3)) continue;
    auto found = expression(sight);
    made.fields[std::string(1, name) + ".$"] = found.text;
    made.value[std::string(1, name)] = std::move(found.value);
  }
  if (sight.counts_retries && one_in(2)) {
    made.fields["o.$"] = "$$.State.RetryCount";
    made.value["o"] = 0;
  }
  return made;
}

Json RandomData::comparison(const Sight& sight) {
  static constexpr std::array kRelations{"Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals"};
  const std::string relation = kRelations[draw(kRelations.size())];
  switch (draw(7)) {
    case 0:
      return {{"Variable", path(sight, Kind::Number).text}, {"Numeric" + relation, draw(8)}};
    case 1:
      return {{"Variable", path(sight, Kind::Number).text},
              {"Numeric" + relation + "Path", path(sight, Kind::Number).text}};
    case 2:
      return {{"Variable", path(sight, Kind::Text).text}, {"String" + relation, kTexts[draw(kTexts.size())]}};
    case 3: {
      static constexpr std::array kPatterns{"*", "a*", "*b*c", "*ö*e", "abc"};
      return {{"Variable", path(sight, Kind::Text).text}, {"StringMatches", kPatterns[draw(kPatterns.size())]}};
    }
    case 4:
      return {{"Variable", path(sight, Kind::Text).text}, {"Timestamp" + relation, kTimes[draw(kTimes.size())]}};
    case 5:
      return {{"Variable", path(sight, Kind::Any).text}, {"BooleanEquals", one_in(2)}};
    default: {
      static constexpr std::array kTests{"IsPresent", "IsNull", "IsString", "IsNumeric", "IsBoolean", "IsTimestamp"};
      const std::string test = kTests[draw(kTests.size())];
      const bool missing = test == "IsPresent" && one_in(2);
      return {{"Variable", missing ? "$.no.such[1]" : path(sight, Kind::Any).text}, {test, one_in(2)}};
    }
  }
}

Json RandomData::choice_rule(const Sight& sight, int depth) {
  const auto form = depth > 0 ? draw(7) : 6;
  if (form > 2) return comparison(sight);
  if (form == 0) return {{"Not", choice_rule(sight, depth - 1)}};
  Json rules = Json::array();
  for (auto count = 1 + draw(3); count > 0; --count) rules.push_back(choice_rule(sight, depth - 1));
  return {{form == 1 ? "And" : "Or", std::move(rules)}};
}

}  // namespace stepd::test
