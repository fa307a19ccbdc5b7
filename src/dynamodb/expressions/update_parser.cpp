// The grammar of updates: the sections SET, REMOVE, ADD and DELETE, each once.
#include "dynamodb/expressions/expression_reader.h"
#include "dynamodb/expressions/update.h"

#include <array>
#include <set>

namespace stepd::dynamodb {
namespace {

constexpr int kValueNestingMax = 100;

/// Types as messages about ADD and DELETE name them.
constexpr std::array<std::string_view, 10> kLongTypeNames{"STRING", "NUMBER", "BINARY",     "BOOLEAN",    "NULL",
                                                          "LIST",   "MAP",    "STRING_SET", "NUMBER_SET", "BINARY_SET"};

class UpdateParser {
 public:
  explicit UpdateParser(ExpressionReader& reader) : reader_(reader) {}

  Result<Update> parse() {
    do {
      STEPD_CHECK(parse_section());
    } while (!reader_.at_end());
    std::vector<DocumentPath> paths;
    for (const auto& action : update_.actions) paths.push_back(action.path);
    if (auto conflict = find_conflict(paths); !conflict.empty())
      reader_.note(ExpressionFault::Paths, std::move(conflict));
    STEPD_CHECK(reader_.verdict());
    return std::move(update_);
  }

 private:
  struct Section {
    std::string_view keyword;
    Result<void> (UpdateParser::*parse)();
  };

  Result<void> parse_section() {
    static constexpr std::array<Section, 4> kSections{{{"SET", &UpdateParser::parse_set},
                                                       {"REMOVE", &UpdateParser::parse_remove},
                                                       {"ADD", &UpdateParser::parse_add},
                                                       {"DELETE", &UpdateParser::parse_delete}}};
    for (const auto& section : kSections) {
      if (!reader_.take_keyword(section.keyword)) continue;
      if (!seen_.insert(section.keyword).second) {
        reader_.note(ExpressionFault::Section, "The \"" + std::string(section.keyword) +
                                                   "\" section can only be used once in an update expression;");
      }
      do {
        STEPD_CHECK((this->*section.parse)());
      } while (reader_.take(","));
      return {};
    }
    return reader_.syntax_error();
  }

  Result<void> parse_set() {
    UpdateAction action;
    STEPD_TRY(action.path, reader_.path());
    STEPD_CHECK(reader_.expect("="));
    reader_.count_operator();
    const bool in_parentheses = reader_.is_symbol("(") && reader_.take("(");
    STEPD_TRY(action.value, parse_sum());
    if (in_parentheses) STEPD_CHECK(reader_.expect(")"));
    update_.actions.push_back(std::move(action));
    return {};
  }

  Result<void> parse_remove() {
    UpdateAction action;
    action.kind = UpdateAction::Kind::Remove;
    STEPD_TRY(action.path, reader_.path());
    update_.actions.push_back(std::move(action));
    return {};
  }

  Result<void> parse_add() { return parse_with_literal(UpdateAction::Kind::Add, "ADD"); }
  Result<void> parse_delete() { return parse_with_literal(UpdateAction::Kind::Delete, "DELETE"); }

  Result<void> parse_with_literal(UpdateAction::Kind kind, std::string_view keyword) {
    UpdateAction action;
    action.kind = kind;
    STEPD_TRY(action.path, reader_.path());
    if (!reader_.is_value()) return reader_.syntax_error();
    action.value.literal = reader_.value();
    const auto type = action.value.literal.type();
    const bool fits =
        action.value.literal.is_set() || (kind == UpdateAction::Kind::Add && type == AttributeType::Number);
    if (!fits) {
      reader_.note(ExpressionFault::OperandType,
                   "Incorrect operand type for operator or function; operator: " + std::string(keyword) +
                       ", operand type: " + std::string(kLongTypeNames.at(static_cast<std::size_t>(type))));
    }
    update_.actions.push_back(std::move(action));
    return {};
  }

  Result<UpdateValue> parse_sum() {
    STEPD_TRY(UpdateValue first, parse_operand(0));
    const bool is_sum = reader_.take("+");
    if (!is_sum && !reader_.take("-")) return first;
    reader_.count_operator();
    STEPD_TRY(UpdateValue second, parse_operand(0));
    check_literal(is_sum ? "+" : "-", first, AttributeType::Number);
    check_literal(is_sum ? "+" : "-", second, AttributeType::Number);
    UpdateValue made;
    made.kind = is_sum ? UpdateValue::Kind::Plus : UpdateValue::Kind::Minus;
    made.parts = {std::move(first), std::move(second)};
    return made;
  }

  Result<UpdateValue> parse_operand(int depth) {
    if (depth > kValueNestingMax) return reader_.error("The expression has redundant parentheses;");
    if (reader_.take("(")) {
      STEPD_TRY(UpdateValue inner, parse_operand(depth + 1));
      STEPD_CHECK(reader_.expect(")"));
      return inner;
    }
    UpdateValue value;
    if (reader_.is_value()) {
      value.literal = reader_.value();
      return value;
    }
    const auto function = reader_.take_call();
    if (!function.empty()) return parse_call(function, depth);
    value.kind = UpdateValue::Kind::Path;
    STEPD_TRY(value.path, reader_.path());
    return value;
  }

  /// Behind the opening parenthesis.
  Result<UpdateValue> parse_call(std::string_view function, int depth) {
    reader_.count_operator();
    std::vector<UpdateValue> operands;
    do {
      STEPD_TRY(UpdateValue each, parse_operand(depth + 1));
      operands.push_back(std::move(each));
    } while (reader_.take(","));
    STEPD_CHECK(reader_.expect(")"));
    UpdateValue made;
    if (function != "if_not_exists" && function != "list_append") {
      reader_.note(ExpressionFault::UnknownFunction, "Invalid function name; function: " + std::string(function));
      return made;
    }
    if (operands.size() != 2) {
      reader_.note_count(function, operands.size());
      return made;
    }
    return function == "list_append" ? append_of(std::move(operands)) : otherwise_of(std::move(operands));
  }

  UpdateValue append_of(std::vector<UpdateValue> operands) {
    for (const auto& operand : operands) {
      check_literal("list_append", operand, AttributeType::List);
      if (operand.kind == UpdateValue::Kind::ListAppend) {
        reader_.note(ExpressionFault::MisusedFunction,
                     "The function is not allowed to be used this way in an expression; function: list_append");
      }
    }
    UpdateValue made;
    made.kind = UpdateValue::Kind::ListAppend;
    made.parts = std::move(operands);
    return made;
  }

  UpdateValue otherwise_of(std::vector<UpdateValue> operands) {
    UpdateValue made;
    if (operands[0].kind != UpdateValue::Kind::Path) {
      reader_.note(ExpressionFault::OperandType,
                   "Operator or function requires a document path; operator or function: if_not_exists");
      return made;
    }
    made.kind = UpdateValue::Kind::IfNotExists;
    made.path = std::move(operands[0].path);
    made.parts.push_back(std::move(operands[1]));
    return made;
  }

  void check_literal(std::string_view function, const UpdateValue& value, AttributeType wanted) {
    if (value.kind == UpdateValue::Kind::Literal && value.literal.type() != wanted)
      reader_.note_type(function, value.literal.type());
  }

  ExpressionReader& reader_;
  Update update_;
  std::set<std::string_view> seen_;
};

}  // namespace

Result<Update> parse_update(std::string_view text, Placeholders& placeholders) {
  ExpressionReader reader("UpdateExpression", text, placeholders);
  STEPD_CHECK(reader.check_size());
  return UpdateParser(reader).parse();
}

}  // namespace stepd::dynamodb
