// Conditions, keys and projections. Updates are in update_expression.cpp.
#include "services/integrations/dynamodb/dynamodb_expression.h"
#include "services/integrations/dynamodb/expression_reader.h"

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

namespace stepd::services::dynamodb {
namespace {

constexpr int kDepthMax = 300;  // as many operators as DynamoDB takes

/// One side of a comparison.
struct Operand {
  enum class Kind { Attribute, Size, Value };
  Kind kind = Kind::Value;
  Json json;  ///< a path, or the value
};

// A comparison, the test it becomes, and the one with its sides swapped.
struct Comparison {
  std::string_view symbol;
  std::string_view test;
  std::string_view swapped;
};
constexpr std::array<Comparison, 6> kComparisons{{{"=", "equals", "equals"},
                                                  {"<>", "differs", "differs"},
                                                  {"<", "less", "greater"},
                                                  {"<=", "atMost", "atLeast"},
                                                  {">", "greater", "less"},
                                                  {">=", "atLeast", "atMost"}}};

Json test_of(const Operand& operand, std::string_view test, Json with) {
  Json made = Json::object();
  made[operand.kind == Operand::Kind::Size ? "size" : "attribute"] = operand.json;
  made[std::string(test)] = std::move(with);
  return made;
}

Json group(const char* name, Json first, Json second) {
  Json made = Json::object();
  made[name] = Json::array({std::move(first), std::move(second)});
  return made;
}

class ConditionParser {
 public:
  explicit ConditionParser(ExpressionReader& reader) : reader_(reader) {}

  Result<Json> parse() {
    STEPD_TRY(Json condition, either(0));
    if (!reader_.at_end()) return reader_.syntax_error();
    return condition;
  }

 private:
  Result<Json> either(int depth) {
    if (depth > kDepthMax) return reader_.error("The expression has too many operators");
    STEPD_TRY(Json left, both(depth));
    while (reader_.take_keyword("OR")) {
      STEPD_TRY(Json right, both(depth));
      left = group("any", std::move(left), std::move(right));
    }
    return left;
  }

  Result<Json> both(int depth) {
    STEPD_TRY(Json left, negated(depth));
    while (reader_.take_keyword("AND")) {
      STEPD_TRY(Json right, negated(depth));
      left = group("all", std::move(left), std::move(right));
    }
    return left;
  }

  Result<Json> negated(int depth) {
    if (reader_.take_keyword("NOT")) {
      if (depth > kDepthMax) return reader_.error("The expression has too many operators");
      STEPD_TRY(Json inner, negated(depth + 1));
      return Json{{"not", std::move(inner)}};
    }
    if (reader_.take("(")) {
      STEPD_TRY(Json inner, either(depth + 1));
      STEPD_CHECK(reader_.expect(")"));
      return inner;
    }
    return single();
  }

  Result<Json> single() {
    if (reader_.take_call("attribute_exists")) return existence(true);
    if (reader_.take_call("attribute_not_exists")) return existence(false);
    if (reader_.take_call("attribute_type")) return call("type");
    if (reader_.take_call("begins_with")) return call("beginsWith");
    if (reader_.take_call("contains")) return call("contains");
    return comparison();
  }

  Result<Json> existence(bool wanted) {
    STEPD_TRY(Json path, reader_.path());
    STEPD_CHECK(reader_.expect(")"));
    return test_of({Operand::Kind::Attribute, std::move(path)}, "exists", wanted);
  }

  /// A function of an attribute and a value.
  Result<Json> call(std::string_view test) {
    STEPD_TRY(Json path, reader_.path());
    STEPD_CHECK(reader_.expect(","));
    STEPD_TRY(Json value, reader_.value());
    STEPD_CHECK(reader_.expect(")"));
    if (test != "contains" && !value.is_string())
      return reader_.error("Incorrect operand type for operator or function; operator or function: " +
                           std::string(test));
    return test_of({Operand::Kind::Attribute, std::move(path)}, test, std::move(value));
  }

  Result<Operand> operand() {
    if (reader_.is_value()) {
      STEPD_TRY(Json value, reader_.value());
      return Operand{Operand::Kind::Value, std::move(value)};
    }
    const bool is_size = reader_.take_call("size");
    STEPD_TRY(Json path, reader_.path());
    if (is_size) STEPD_CHECK(reader_.expect(")"));
    return Operand{is_size ? Operand::Kind::Size : Operand::Kind::Attribute, std::move(path)};
  }

  Result<Json> comparison() {
    STEPD_TRY(Operand left, operand());
    if (reader_.take_keyword("BETWEEN")) return between(left);
    if (reader_.take_keyword("IN")) return membership(left);
    for (const auto& each : kComparisons) {
      if (!reader_.take(each.symbol)) continue;
      STEPD_TRY(Operand right, operand());
      return compare(left, each, right);
    }
    return reader_.syntax_error();
  }

  Result<Json> compare(const Operand& left, const Comparison& with, const Operand& right) const {
    if (right.kind == Operand::Kind::Value) {
      if (left.kind == Operand::Kind::Value) return reader_.error("One side of a comparison must be an attribute");
      return test_of(left, with.test, right.json);
    }
    if (left.kind == Operand::Kind::Value) return test_of(right, with.swapped, left.json);
    if (right.kind == Operand::Kind::Attribute) return test_of(left, std::string(with.test) + "Path", right.json);
    if (left.kind == Operand::Kind::Attribute) return test_of(right, std::string(with.swapped) + "Path", left.json);
    return reader_.error("Two sizes cannot be compared here");
  }

  Result<Json> between(const Operand& left) {
    STEPD_TRY(Operand least, operand());
    if (!reader_.take_keyword("AND")) return reader_.syntax_error();
    STEPD_TRY(Operand most, operand());
    STEPD_TRY(Json from, compare(left, kComparisons[5], least));
    STEPD_TRY(Json to, compare(left, kComparisons[3], most));
    return group("all", std::move(from), std::move(to));
  }

  Result<Json> membership(const Operand& left) {
    STEPD_CHECK(reader_.expect("("));
    Json any = Json::array();
    do {
      STEPD_TRY(Operand each, operand());
      STEPD_TRY(Json equal, compare(left, kComparisons[0], each));
      any.push_back(std::move(equal));
    } while (reader_.take(","));
    STEPD_CHECK(reader_.expect(")"));
    return Json{{"any", std::move(any)}};
  }

  ExpressionReader& reader_;
};

}  // namespace

Result<Json> translate_condition(const std::string& text, const Placeholders& placeholders) {
  ExpressionReader reader("ConditionExpression", text, placeholders);
  return ConditionParser(reader).parse();
}

Result<Json> translate_projection(const std::string& text, const Placeholders& placeholders) {
  ExpressionReader reader("ProjectionExpression", text, placeholders);
  Json paths = Json::array();
  do {
    STEPD_TRY(Json path, reader.path());
    paths.push_back(std::move(path));
  } while (reader.take(","));
  if (!reader.at_end()) return reader.syntax_error();
  return paths;
}

Result<Json> translate_key(const std::string& text, const Placeholders& placeholders) {
  ExpressionReader reader("KeyConditionExpression", text, placeholders);
  const bool swapped = reader.is_value();
  Json key = Json::object();
  if (swapped) {
    STEPD_TRY(Json value, reader.value());
    STEPD_CHECK(reader.expect("="));
    STEPD_TRY(const Json path, reader.path());
    if (!path.is_string()) return reader.error("Nested attributes are no keys");
    key[path.get<std::string>()] = std::move(value);
  } else {
    STEPD_TRY(const Json path, reader.path());
    if (!path.is_string()) return reader.error("Nested attributes are no keys");
    STEPD_CHECK(reader.expect("="));
    STEPD_TRY(Json value, reader.value());
    key[path.get<std::string>()] = std::move(value);
  }
  if (!reader.at_end()) return reader.error("A table has one key attribute here, compared by '='");
  return key;
}

}  // namespace stepd::services::dynamodb
