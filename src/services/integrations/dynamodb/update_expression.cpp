// UpdateExpressions: the clauses SET, REMOVE, ADD and DELETE. What they do to an item is known by item.update.
#include "services/integrations/dynamodb/dynamodb_expression.h"
#include "services/integrations/dynamodb/expression_reader.h"

#include <nlohmann/json.hpp>
#include <set>

namespace stepd::services::dynamodb {
namespace {

constexpr int kDepthMax = 100;

Result<Json> parse_operand(ExpressionReader& reader, int depth);

/// The arguments of a function of two, up to its `)`.
Result<Json> parse_pair(ExpressionReader& reader, int depth) {
  STEPD_TRY(Json first, parse_operand(reader, depth + 1));
  STEPD_CHECK(reader.expect(","));
  STEPD_TRY(Json second, parse_operand(reader, depth + 1));
  STEPD_CHECK(reader.expect(")"));
  return Json::array({std::move(first), std::move(second)});
}

Result<Json> parse_operand(ExpressionReader& reader, int depth) {
  if (depth > kDepthMax) return reader.error("The expression has too many operators");
  if (reader.is_value()) {
    STEPD_TRY(Json value, reader.value());
    return Json{{"value", std::move(value)}};
  }
  if (reader.take_call("if_not_exists")) {
    STEPD_TRY(Json path, reader.path());
    STEPD_CHECK(reader.expect(","));
    STEPD_TRY(Json otherwise, parse_operand(reader, depth + 1));
    STEPD_CHECK(reader.expect(")"));
    return Json{{"path", std::move(path)}, {"else", std::move(otherwise)}};
  }
  if (reader.take_call("list_append")) {
    STEPD_TRY(Json pair, parse_pair(reader, depth));
    return Json{{"append", std::move(pair)}};
  }
  STEPD_TRY(Json path, reader.path());
  return Json{{"path", std::move(path)}};
}

Result<Json> parse_set(ExpressionReader& reader) {
  STEPD_TRY(Json path, reader.path());
  STEPD_CHECK(reader.expect("="));
  STEPD_TRY(Json value, parse_operand(reader, 0));
  const bool is_sum = reader.take("+");
  if (is_sum || reader.take("-")) {
    STEPD_TRY(Json second, parse_operand(reader, 0));
    Json made = Json::object();
    made[is_sum ? "plus" : "minus"] = Json::array({std::move(value), std::move(second)});
    value = std::move(made);
  }
  return Json{{"set", std::move(path)}, {"to", std::move(value)}};
}

Result<Json> parse_remove(ExpressionReader& reader) {
  STEPD_TRY(Json path, reader.path());
  return Json{{"remove", std::move(path)}};
}

Result<Json> parse_with_value(ExpressionReader& reader, const char* operation) {
  STEPD_TRY(Json path, reader.path());
  STEPD_TRY(Json value, reader.value());
  Json made = Json::object();
  made[operation] = std::move(path);
  made["value"] = std::move(value);
  return made;
}

Result<Json> parse_add(ExpressionReader& reader) { return parse_with_value(reader, "add"); }
Result<Json> parse_delete(ExpressionReader& reader) { return parse_with_value(reader, "subtract"); }

struct Clause {
  std::string_view keyword;
  Result<Json> (*parse)(ExpressionReader& reader);
};
constexpr Clause kClauses[] = {
    {"SET", parse_set}, {"REMOVE", parse_remove}, {"ADD", parse_add}, {"DELETE", parse_delete}};

const Clause* take_clause(ExpressionReader& reader) {
  for (const auto& clause : kClauses) {
    if (reader.take_keyword(clause.keyword)) return &clause;
  }
  return nullptr;
}

}  // namespace

Result<Json> translate_update(const std::string& text, const Placeholders& placeholders) {
  ExpressionReader reader("UpdateExpression", text, placeholders);
  Json operations = Json::array();
  std::set<std::string_view> seen;
  do {
    const auto* clause = take_clause(reader);
    if (clause == nullptr) return reader.syntax_error();
    if (!seen.insert(clause->keyword).second)
      return reader.error("The \"" + std::string(clause->keyword) +
                          "\" section can only be used once in an update expression;");
    do {
      STEPD_TRY(Json operation, clause->parse(reader));
      operations.push_back(std::move(operation));
    } while (reader.take(","));
  } while (!reader.at_end());
  return operations;
}

}  // namespace stepd::services::dynamodb
