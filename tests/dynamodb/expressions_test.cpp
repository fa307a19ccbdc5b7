// DynamoDB's expressions: what they mean for an item, and what is said of those that are wrong.
#include "base/attribute/plain_attribute.h"
#include "dynamodb/expressions/condition_expression.h"
#include "dynamodb/expressions/key_condition.h"
#include "dynamodb/expressions/projection.h"
#include "dynamodb/expressions/update.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace stepd::dynamodb {
namespace {

Item item_of(const std::string& text) {
  const auto item = parse_item(text);
  EXPECT_TRUE(item) << text;
  return item ? *item : Item();
}

/// `:s` is "ab", `:n` is 5, ...; `#n` is the attribute n, `#dot` the attribute a.b.
Placeholders placeholders() {
  std::map<std::string, Attribute, std::less<>> values;
  const auto plain =
      item_of(R"({":s": "ab", ":t": "zz", ":n": 5, ":m": 9, ":one": 1, ":b": {"$B": "YWI="}, ":yes": true,
      ":null": null, ":l": ["x"], ":map": {"k": 1}, ":ss": {"$SS": ["p", "q"]}, ":p": "p", ":N": "N", ":ns": {"$NS": [1]},
      ":S": "S", ":X": "X", ":big": 99999999999999999999999999999999999999, ":empty": ""})");
  for (const auto& member : plain.by_name()) values.emplace(member.name, member.value);
  return {{{"#n", "n"}, {"#dot", "a.b"}, {"#size", "size"}}, std::move(values)};
}

const char* const kItem = R"({"id": "k", "n": 5, "o": 5, "t": "abc", "u": "\ud83d\ude00", "b": {"$B": "YWJj"},
    "s": {"$SS": ["p", "x"]}, "ns": {"$NS": [1, 2]}, "l": [1, "x", {"y": 2}], "m": {"x": {"z": true}}, "a.b": 7,
    "f": false, "nil": null})";

std::string condition_error(const std::string& text) {
  auto names = placeholders();
  const auto parsed = parse_condition("ConditionExpression", text, names);
  return parsed ? "none" : parsed.error().cause;
}

TEST(Conditions, HoldForWhatTheyMean) {
  const auto item = item_of(kItem);
  const std::pair<const char*, bool> kCases[] = {
      {"n = :n", true},
      {":n = n", true},
      {"n = :s", false},
      {"n <> :m", true},
      {"nope <> :m", true},
      {"nope = :m", false},
      {"nope <> gone", true},
      {"nope = gone", false},
      {"n < :m", true},
      {":m > n", true},
      {"n <= o", true},
      {"t > :s", true},
      {"t < :n", false},
      {"b > :b", true},
      {"n BETWEEN :one AND :m", true},
      {"n between :m and :m", false},
      {":n BETWEEN n AND :m", true},
      {"n IN (:s, :n)", true},
      {"n in (:m)", false},
      {"attribute_exists(n)", true},
      {"attribute_exists(m.x.z)", true},
      {"attribute_exists(m.x.nope)", false},
      {"attribute_not_exists(l[5])", true},
      {"attribute_type(n, :N)", true},
      {"attribute_type(t, :N)", false},
      {"begins_with(t, :s)", true},
      {"begins_with(b, :b)", true},
      {"begins_with(n, :s)", false},
      {"contains(t, :s)", true},
      {"contains(s, :p)", true},
      {"contains(l, :one)", true},
      {"contains(l, :map)", false},
      {"contains(ns, :one)", true},
      {"size(t) = :n", false},
      {"size(u) > :one", true},
      {"size(s) < :n", true},
      {"size(l[2]) = :one", true},
      {"size(n) = :one", false},
      {"size(n) <> :one", true},
      {"#dot > :n", true},
      {"#n = :n", true},
      {"l[2].y < :n", true},
      {"NOT n = :m", true},
      {"not (n = :m)", true},
      {"n = :n AND t = :s OR f = :yes OR o = :n", true},
      {"n = :m OR t = :s AND o = :n", false},
      {"(n = :m OR o = :n) AND attribute_exists(t)", true},
      {"(n = :n)", true},
      {"(n) = (:n)", true},
      {"nil = :null", true},
      {"m.x.z = :yes AND (NOT attribute_exists(nope))", true},
  };
  for (const auto& [text, wanted] : kCases) {
    auto names = placeholders();
    const auto condition = parse_condition("ConditionExpression", text, names);
    ASSERT_TRUE(condition) << text << ": " << condition.error().cause;
    EXPECT_EQ(holds(*condition, item), wanted) << text;
  }
}

TEST(Conditions, AreRefusedInAwssWords) {
  const std::pair<const char*, const char*> kCases[] = {
      {"", "The expression can not be empty;"},
      {"n = !!", R"(Syntax error; token: "!", near: "= !!")"},
      {"n =", R"(Syntax error; token: "<EOF>", near: "=")"},
      {"n", R"(Syntax error; token: "<EOF>", near: "n")"},
      {"n = :n = :n", R"(Syntax error; token: "=", near: ":n = :n")"},
      {"n IN ()", "Syntax error; token: \")\", near: \"()\""},
      {"size = :n", "Attribute name is a reserved keyword; reserved keyword: size"},
      {"m.Comment = :n", "Attribute name is a reserved keyword; reserved keyword: Comment"},
      {"nothing(n)", "Invalid function name; function: nothing"},
      {"Contains(t, :s)", "Invalid function name; function: Contains"},
      {"size(n)", "The function is not allowed to be used this way in an expression; function: size"},
      {"contains(t, :s) = :yes",
       "The function is not allowed to be used this way in an expression; function: contains"},
      {"size(n, o) > :n",
       "Incorrect number of operands for operator or function; operator or function: size, number of operands: 2"},
      {"n < :yes", "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL"},
      {"n BETWEEN :l AND :l",
       "Incorrect operand type for operator or function; operator or function: BETWEEN, operand type: L"},
      {"attribute_exists(:n)", "Operator or function requires a document path; operator or function: attribute_exists"},
      {"begins_with(t, :n)",
       "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N"},
      {"attribute_type(n, :X)",
       "Invalid attribute type name found; type: X, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}"},
      {"size(:n) = :n", "Incorrect operand type for operator or function; operator or function: size, operand type: N"},
      {"#x = :n", "An expression attribute name used in the document path is not defined; attribute name: #x"},
      {"n = :v", "An expression attribute value used in expression is not defined; attribute value: :v"},
      {"((n = :n))", "The expression has redundant parentheses;"},
      {"contains(t, t)",
       "The first operand must be distinct from the remaining operands for this operator or function; operator: "
       "contains, first operand: [t]"},
      {"n BETWEEN :m AND :n",
       "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: "
       "AttributeValue: {N:9}, upper bound operand: AttributeValue: {N:5}"},
      {"n BETWEEN :s AND :n",
       "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: "
       "{S:ab}, upper bound operand: AttributeValue: {N:5}"},
  };
  for (const auto& [text, wanted] : kCases)
    EXPECT_EQ(condition_error(text), std::string("Invalid ConditionExpression: ") + wanted) << text;
}

TEST(Conditions, HaveLimitsThatAreCheckedBeforeTheyHurt) {
  EXPECT_EQ(
      condition_error(std::string(4097, '(')),
      "Invalid ConditionExpression: Expression size has exceeded the maximum allowed size; expression size: 4097");
  EXPECT_EQ(condition_error(std::string(4000, '(')),
            "Invalid ConditionExpression: The expression has redundant parentheses;");
  std::string nots;
  for (int i = 0; i < 1000; ++i) nots += "NOT ";
  EXPECT_NE(condition_error(nots + "n=:n"), "none");
  std::string many = "n=:n";
  for (int i = 0; i < 150; ++i) many += " OR n=:n";
  EXPECT_EQ(condition_error(many),
            "Invalid ConditionExpression: The expression contains too many operators; operator count: 301");
  std::string path = "n";
  for (int i = 0; i < 32; ++i) path += "[0]";
  EXPECT_EQ(condition_error(path + " = :n"),
            "Invalid ConditionExpression: The document path has too many nesting levels; nesting levels: 33");
  std::string list = "n IN (:n";
  for (int i = 0; i < 99; ++i) list += ",:n";
  EXPECT_EQ(condition_error(list + ",:n)"),
            "Invalid ConditionExpression: Incorrect number of operands for operator or function; operator or function: "
            "IN, number of operands: 102");
}

TEST(Projections, TakeWhatTheyName) {
  const auto item = item_of(R"({"a": {"b": [{"x": 1, "y": 2}, 5, 6], "c": 3}, "d": 4, "a.b": 7})");
  const auto shown = [&](const std::string& text) {
    auto names = placeholders();
    const auto paths = parse_projection(text, names);
    return paths ? print_item(project(item, *paths)) : paths.error().cause;
  };
  EXPECT_EQ(shown("a.c, d"), R"({"a":{"c":3},"d":4})");
  EXPECT_EQ(shown("a.b[2], a.b[0].x, nope, d.e"), R"({"a":{"b":[{"x":1},6]}})") << "closed up, in ascending order";
  EXPECT_EQ(shown("a.b[0].y, a.b[0].x"), R"({"a":{"b":[{"x":1,"y":2}]}})");
  EXPECT_EQ(shown("#dot"), R"({"a.b":7})");
  EXPECT_EQ(shown("a.b, a.b[0]"),
            "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of "
            "these paths; path one: [a, b], path two: [a, b, [0]]");
  EXPECT_EQ(shown("a.b, a[1]"),
            "Invalid ProjectionExpression: Two document paths conflict with each other; must remove or rewrite one of "
            "these paths; path one: [a, b], path two: [a, [1]]");
  EXPECT_EQ(shown("a,"), R"(Invalid ProjectionExpression: Syntax error; token: "<EOF>", near: ",")");
}

std::string updated(const std::string& text, const std::string& item, MissingPaths missing = MissingPaths::Refused) {
  auto names = placeholders();
  const auto update = parse_update(text, names);
  if (!update) return update.error().cause;
  const auto made = apply_update(*update, item_of(item), missing);
  return made ? print_item(*made) : made.error().cause;
}

TEST(Updates, ChangeAnItemAsItWas) {
  EXPECT_EQ(updated("SET n = o, o = n", R"({"n":1,"o":2})"), R"({"n":2,"o":1})");
  EXPECT_EQ(updated("set n = n + :one, #dot = if_not_exists(#dot, :n)", R"({"n":1})"), R"({"n":2,"a.b":5})");
  EXPECT_EQ(updated("SET n = if_not_exists(n, :one) - :n", "{}"), R"({"n":-4})");
  EXPECT_EQ(updated("SET l = list_append(:l, l)", R"({"l":[1]})"), R"({"l":["x",1]})");
  EXPECT_EQ(updated("SET l[1] = :n, l[9] = :m, l[7] = :one", R"({"l":[0,0]})"), R"({"l":[0,5,1,9]})");
  EXPECT_EQ(updated("REMOVE l[0], l[2] SET l[1] = :n", R"({"l":[1,2,3,4]})"), R"({"l":[5,4]})");
  EXPECT_EQ(updated("SET m.k = :n REMOVE m.x", R"({"m":{"x":1}})"), R"({"m":{"k":5}})");
  EXPECT_EQ(updated("REMOVE nope, l[9]", R"({"l":[1]})"), R"({"l":[1]})");
  EXPECT_EQ(updated("ADD n :one, s :ss, fresh :n", R"({"n":1,"s":{"$SS":["p"]}})"),
            R"({"n":2,"s":{"$SS":["p","q"]},"fresh":5})");
  EXPECT_EQ(updated("DELETE s :ss", R"({"s":{"$SS":["p","q"]},"t":1})"), R"({"t":1})") << "an emptied set goes";
  EXPECT_EQ(updated("DELETE s :ss", R"({"s":{"$SS":["p","r"]}})"), R"({"s":{"$SS":["r"]}})");
  EXPECT_EQ(updated("REMOVE a.b", "{}", MissingPaths::Lenient), "{}");
  EXPECT_EQ(updated("SET n = :big - :one", "{}"), R"({"n":99999999999999999999999999999999999998})");
}

TEST(Updates, AreRefusedInAwssWords) {
  const std::string prefix = "Invalid UpdateExpression: ";
  EXPECT_EQ(updated("", "{}"), prefix + "The expression can not be empty;");
  EXPECT_EQ(updated("SET n = :n SET o = :n", "{}"),
            prefix + R"(The "SET" section can only be used once in an update expression;)");
  EXPECT_EQ(updated("ADD n :s", "{}"),
            prefix + "Incorrect operand type for operator or function; operator: ADD, operand type: STRING");
  EXPECT_EQ(updated("DELETE n :n", "{}"),
            prefix + "Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER");
  EXPECT_EQ(updated("SET n = n + :s", "{}"),
            prefix + "Incorrect operand type for operator or function; operator or function: +, operand type: S");
  EXPECT_EQ(updated("SET n = list_append(list_append(:l, :l), :l)", "{}"),
            prefix + "The function is not allowed to be used this way in an expression; function: list_append");
  EXPECT_EQ(updated("SET n = if_not_exists(:n, :n)", "{}"),
            prefix + "Operator or function requires a document path; operator or function: if_not_exists");
  EXPECT_EQ(updated("SET a.b = :n REMOVE a", "{}"),
            prefix +
                "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: "
                "[a, b], path two: [a]");
  EXPECT_EQ(updated("SET n = :n + :n + :n", "{}"), prefix + R"(Syntax error; token: "+", near: ":n + :n")");
  EXPECT_EQ(updated("PUT n = :n", "{}"), prefix + R"(Syntax error; token: "PUT", near: "PUT n")");
  EXPECT_EQ(updated("SET comment = :n", "{}"),
            prefix + "Attribute name is a reserved keyword; reserved keyword: comment");
  // Of the item, not of the expression.
  EXPECT_EQ(updated("SET a.b = :n", "{}"), "The document path provided in the update expression is invalid for update");
  EXPECT_EQ(updated("REMOVE a.b", "{}"), "The document path provided in the update expression is invalid for update");
  EXPECT_EQ(updated("SET n = o", "{}"),
            "The provided expression refers to an attribute that does not exist in the item");
  EXPECT_EQ(updated("SET n = t + :n", R"({"t":"x"})"),
            "An operand in the update expression has an incorrect data type");
  EXPECT_EQ(updated("ADD s :ns", R"({"s":{"$SS":["a"]}})"),
            "An operand in the update expression has an incorrect data type");
  EXPECT_EQ(updated("ADD n :one", R"({"n":1e50})"),
            "Number overflow. Attempting to store a number with magnitude larger than supported range");
}

std::string keyed(const std::string& text) {
  auto names = placeholders();
  const auto clauses = parse_key_condition(text, names);
  if (!clauses) return clauses.error().cause;
  ItemQuery query;
  const auto applied = apply_key_clauses(*clauses, {"id", KeyType::Text}, KeyAttribute{"ts", KeyType::Number}, query);
  if (!applied) return applied.error().cause;
  std::string shown = *query.partition->as<std::string>();
  const auto show = [](const ItemQuery::Bound& bound) {
    return bound.value.as<ExactNumber>()->text() + (bound.inclusive ? "]" : ")");
  };
  if (query.from) shown += " from " + show(*query.from);
  if (query.to) shown += " to " + show(*query.to);
  return shown;
}

TEST(KeyConditions, BecomeARange) {
  EXPECT_EQ(keyed("id = :s"), "ab");
  EXPECT_EQ(keyed(":s = id"), "ab");
  EXPECT_EQ(keyed("ts < :n AND id = :s"), "ab to 5)");
  EXPECT_EQ(keyed("(id = :s) AND (:n <= ts)"), "ab from 5]");
  EXPECT_EQ(keyed("id = :s AND ts BETWEEN :n AND :m"), "ab from 5] to 9]");
  EXPECT_EQ(keyed("id = :s AND ts = :n"), "ab from 5] to 5]");
}

TEST(KeyConditions, AreRefusedInAwssWords) {
  EXPECT_EQ(keyed("ts = :n"), "Query condition missed key schema element: id");
  EXPECT_EQ(keyed("id > :s"), "Query key condition not supported");
  EXPECT_EQ(keyed("id = :s AND ts = :n AND o = :n"), "Conditions can be of length 1 or 2 only");
  EXPECT_EQ(keyed("id = :s AND id = :t"), "KeyConditionExpressions must only contain one condition per key");
  EXPECT_EQ(keyed("id = :s OR ts = :n"), "Invalid operator used in KeyConditionExpression: OR");
  EXPECT_EQ(keyed("id = :s AND NOT ts = :n"), "Invalid operator used in KeyConditionExpression: NOT");
  EXPECT_EQ(keyed("id.x = :s"),
            "Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on nested attributes");
  EXPECT_EQ(keyed("id = :s AND o = :n"), "Query condition missed key schema element: ts");
  EXPECT_EQ(keyed("id = :n"),
            "One or more parameter values were invalid: Condition parameter type does not match schema type");
  EXPECT_EQ(
      keyed("id = :empty"),
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty "
      "string value. Key: id");
}

TEST(Placeholders, KnowWhatNobodyHasUsed) {
  Placeholders names({{"#a", "a"}, {"#b", "b"}}, {{":v", Attribute::number(1)}});
  EXPECT_TRUE(parse_condition("ConditionExpression", "#a = :v", names));
  EXPECT_EQ(names.unused(), "Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}");
}

}  // namespace
}  // namespace stepd::dynamodb
