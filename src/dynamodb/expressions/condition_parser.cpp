// The grammar of conditions. Precedence: comparisons, IN, BETWEEN and functions, then parentheses, NOT, AND, OR.
#include "dynamodb/expressions/condition_expression.h"
#include "dynamodb/expressions/expression_reader.h"

#include <algorithm>
#include <array>
#include <utility>

namespace stepd::dynamodb {
namespace {

// Each level needs an operator, of which 300 are allowed, or its parentheses are redundant.
constexpr int kNestingMax = 320;

/// What stands in a place of the grammar: an operand, or a condition, perhaps in parentheses.
struct Term {
  bool is_operand = false;
  ConditionOperand operand = {};
  Condition condition = {};
  bool in_parentheses = false;
};

struct KnownFunction {
  std::string_view name;
  Condition::Kind kind;
  std::size_t operands;
};
constexpr std::array kFunctions{
    KnownFunction{"attribute_exists", Condition::Kind::Exists, 1},
    KnownFunction{"attribute_not_exists", Condition::Kind::NotExists, 1},
    KnownFunction{"attribute_type", Condition::Kind::HasType, 2},
    KnownFunction{"begins_with", Condition::Kind::BeginsWith, 2},
    KnownFunction{"contains", Condition::Kind::Contains, 2},
};
constexpr std::string_view kSize = "size";

constexpr std::array<std::pair<std::string_view, Condition::Kind>, 6> kComparators{{
    {"=", Condition::Kind::Equal},
    {"<>", Condition::Kind::NotEqual},
    {"<", Condition::Kind::Less},
    {"<=", Condition::Kind::AtMost},
    {">", Condition::Kind::Greater},
    {">=", Condition::Kind::AtLeast},
}};

bool is_orderable(AttributeType type) {
  return type == AttributeType::Text || type == AttributeType::Number || type == AttributeType::Bytes;
}

/// As messages show a literal: `{S:a}`.
std::string show(const Attribute& literal) {
  std::string text = "AttributeValue: {" + std::string(name_of(literal.type())) + ":";
  if (const auto* string = literal.as<std::string>()) text += *string;
  if (const auto* number = literal.as<ExactNumber>()) text += number->text();
  return text + "}";
}

class ConditionParser {
 public:
  explicit ConditionParser(ExpressionReader& reader) : reader_(reader) {}

  Result<Condition> parse() {
    STEPD_TRY(Condition condition, condition_of(parse_or(0)));
    if (!reader_.at_end()) return reader_.syntax_error();
    STEPD_CHECK(reader_.verdict());
    return condition;
  }

 private:
  /// A bare operand is no condition.
  Result<Condition> condition_of(Result<Term> term) {
    if (!term) return term.error();
    if (!term->is_operand) return std::move(term->condition);
    if (term->operand.kind != ConditionOperand::Kind::Size) return reader_.syntax_error();
    note_misuse(kSize);
    return Condition();
  }

  Result<Term> parse_or(int depth) { return parse_list(depth, "OR", Condition::Kind::Or, &ConditionParser::parse_and); }
  Result<Term> parse_and(int depth) {
    return parse_list(depth, "AND", Condition::Kind::And, &ConditionParser::parse_not);
  }

  Result<Term> parse_list(int depth, std::string_view keyword, Condition::Kind kind,
                          Result<Term> (ConditionParser::*next)(int)) {
    STEPD_TRY(Term first, (this->*next)(depth));
    if (!reader_.is_keyword(keyword)) return first;
    Term list;
    list.condition.kind = kind;
    STEPD_TRY(Condition child, condition_of(std::move(first)));
    list.condition.children.push_back(std::move(child));
    while (reader_.take_keyword(keyword)) {
      reader_.count_operator();
      STEPD_TRY(Condition other, condition_of((this->*next)(depth)));
      list.condition.children.push_back(std::move(other));
    }
    return list;
  }

  Result<Term> parse_not(int depth) {
    if (!reader_.is_keyword("NOT") || reader_.is_symbol(".", 1) || reader_.is_symbol("[", 1))
      return parse_condition_term(depth);
    if (depth > kNestingMax) return too_deep();
    reader_.take_keyword("NOT");
    reader_.count_operator();
    Term negated;
    negated.condition.kind = Condition::Kind::Not;
    STEPD_TRY(Condition child, condition_of(parse_not(depth + 1)));
    negated.condition.children.push_back(std::move(child));
    return negated;
  }

  /// An operand and what follows it, or a condition in parentheses.
  Result<Term> parse_condition_term(int depth) {
    STEPD_TRY(Term first, parse_term(depth));
    for (const auto& [symbol, kind] : kComparators) {
      if (!reader_.is_symbol(symbol)) continue;
      if (!first.is_operand && first.in_parentheses) return reader_.syntax_error();
      reader_.take(symbol);
      return comparison(kind, std::move(first), depth);
    }
    if (reader_.is_keyword("BETWEEN")) return between(std::move(first), depth);
    if (reader_.is_keyword("IN")) return membership(std::move(first), depth);
    return first;
  }

  Result<Term> parse_term(int depth) {
    if (depth > kNestingMax) return too_deep();
    if (reader_.take("(")) {
      STEPD_TRY(Term inner, parse_or(depth + 1));
      STEPD_CHECK(reader_.expect(")"));
      if (inner.in_parentheses) reader_.note(ExpressionFault::Parentheses, "The expression has redundant parentheses;");
      inner.in_parentheses = true;
      return inner;
    }
    Term term;
    term.is_operand = true;
    if (reader_.is_value()) {
      term.operand.literal = reader_.value();
      return term;
    }
    const auto function = reader_.take_call();
    if (!function.empty()) return call(function, depth);
    if (!reader_.is_path() || is_keyword_of_conditions()) return reader_.syntax_error();
    term.operand.kind = ConditionOperand::Kind::Path;
    STEPD_TRY(term.operand.path, reader_.path());
    return term;
  }

  bool is_keyword_of_conditions() const {
    return reader_.is_keyword("AND") || reader_.is_keyword("OR") || reader_.is_keyword("NOT") ||
           reader_.is_keyword("IN") || reader_.is_keyword("BETWEEN");
  }

  /// An operand of an operator or function. A function that is a condition is none.
  Result<ConditionOperand> operand_of(Result<Term> term) {
    if (!term) return term.error();
    if (term->is_operand) return std::move(term->operand);
    const auto kind = term->condition.kind;
    const bool is_function =
        std::any_of(kFunctions.begin(), kFunctions.end(), [&](const auto& each) { return each.kind == kind; });
    if (!is_function || term->in_parentheses) return reader_.syntax_error();
    note_misuse(name_of(kind));
    return ConditionOperand();
  }

  Result<Term> comparison(Condition::Kind kind, Term first, int depth) {
    reader_.count_operator();
    STEPD_TRY(ConditionOperand left, operand_of(std::move(first)));
    STEPD_TRY(ConditionOperand right, operand_of(parse_term(depth)));
    Term made;
    made.condition.kind = kind;
    made.condition.operands = {std::move(left), std::move(right)};
    check_distinct(made.condition);
    if (kind != Condition::Kind::Equal && kind != Condition::Kind::NotEqual) check_orderable(made.condition);
    return made;
  }

  Result<Term> between(Term first, int depth) {
    STEPD_TRY(ConditionOperand value, operand_of(std::move(first)));
    reader_.take_keyword("BETWEEN");
    reader_.count_operator();
    STEPD_TRY(ConditionOperand low, operand_of(parse_term(depth)));
    if (!reader_.take_keyword("AND")) return reader_.syntax_error();
    STEPD_TRY(ConditionOperand high, operand_of(parse_term(depth)));
    Term made;
    made.condition.kind = Condition::Kind::Between;
    made.condition.operands = {std::move(value), std::move(low), std::move(high)};
    check_orderable(made.condition);
    check_bounds(made.condition);
    return made;
  }

  Result<Term> membership(Term first, int depth) {
    STEPD_TRY(ConditionOperand value, operand_of(std::move(first)));
    reader_.take_keyword("IN");
    reader_.count_operator();
    STEPD_CHECK(reader_.expect("("));
    Term made;
    made.condition.kind = Condition::Kind::In;
    made.condition.operands.push_back(std::move(value));
    do {
      STEPD_TRY(ConditionOperand each, operand_of(parse_term(depth)));
      made.condition.operands.push_back(std::move(each));
    } while (reader_.take(","));
    STEPD_CHECK(reader_.expect(")"));
    const auto count = made.condition.operands.size();
    if (count > kInOperandsMax) reader_.note_count("IN", count);
    return made;
  }

  /// Behind the opening parenthesis.
  Result<Term> call(std::string_view function, int depth) {
    reader_.count_operator();
    std::vector<ConditionOperand> operands;
    do {
      STEPD_TRY(ConditionOperand each, operand_of(parse_term(depth + 1)));
      operands.push_back(std::move(each));
    } while (reader_.take(","));
    STEPD_CHECK(reader_.expect(")"));
    if (function == kSize) return size_of(std::move(operands));
    const auto known =
        std::find_if(kFunctions.begin(), kFunctions.end(), [&](const auto& each) { return each.name == function; });
    Term made;
    if (known == kFunctions.end()) {
      reader_.note(ExpressionFault::UnknownFunction, "Invalid function name; function: " + std::string(function));
      return made;
    }
    made.condition.kind = known->kind;
    made.condition.operands = std::move(operands);
    if (made.condition.operands.size() != known->operands) {
      reader_.note_count(function, made.condition.operands.size());
      return made;
    }
    check_distinct(made.condition);
    check_function(made.condition);
    return made;
  }

  Result<Term> size_of(std::vector<ConditionOperand> operands) {
    Term made;
    made.is_operand = true;
    made.operand.kind = ConditionOperand::Kind::Size;
    if (operands.size() != 1) {
      reader_.note_count(kSize, operands.size());
      return made;
    }
    auto& of = operands.front();
    switch (of.kind) {
      case ConditionOperand::Kind::Path:
        made.operand.path = std::move(of.path);
        break;
      case ConditionOperand::Kind::Size:
        note_misuse(kSize);
        break;
      case ConditionOperand::Kind::Literal: {
        const auto size = size_value(of.literal);
        if (!size) reader_.note_type(kSize, of.literal.type());
        made.operand = {ConditionOperand::Kind::Literal, {}, Attribute::number(size.value_or(0))};
      }
    }
    return made;
  }

  void check_function(const Condition& condition) {
    const auto& operands = condition.operands;
    const auto function = name_of(condition.kind);
    const auto is_literal = [](const ConditionOperand& operand) {
      return operand.kind == ConditionOperand::Kind::Literal;
    };
    switch (condition.kind) {
      case Condition::Kind::Exists:
      case Condition::Kind::NotExists:
        if (operands[0].kind != ConditionOperand::Kind::Path) {
          reader_.note(ExpressionFault::OperandType,
                       "Operator or function requires a document path; operator or function: " + std::string(function));
        }
        break;
      case Condition::Kind::BeginsWith:
        for (const auto& operand : operands) {
          if (operand.kind == ConditionOperand::Kind::Size) reader_.note_type(function, AttributeType::Number);
          const auto type = operand.literal.type();
          if (is_literal(operand) && type != AttributeType::Text && type != AttributeType::Bytes)
            reader_.note_type(function, type);
        }
        break;
      case Condition::Kind::HasType:
        check_type_name(operands[1]);
        break;
      default:
        break;
    }
  }

  void check_type_name(const ConditionOperand& operand) {
    const auto* name = operand.kind == ConditionOperand::Kind::Literal ? operand.literal.as<std::string>() : nullptr;
    if (name == nullptr) {
      const bool is_literal = operand.kind == ConditionOperand::Kind::Literal;
      if (is_literal) return reader_.note_type("attribute_type", operand.literal.type());
      return reader_.note(ExpressionFault::OperandType,
                          "Incorrect operand type for operator or function; operator or function: attribute_type, "
                          "operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}");
    }
    if (!attribute_type_of(*name)) {
      reader_.note(ExpressionFault::OperandType, "Invalid attribute type name found; type: " + *name +
                                                     ", valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
    }
  }

  void check_distinct(const Condition& condition) {
    const auto& operands = condition.operands;
    if (operands.size() != 2) return;
    const bool same = operands[0].kind == ConditionOperand::Kind::Path && operands[0].kind == operands[1].kind &&
                      operands[0].path == operands[1].path;
    if (!same) return;
    reader_.note(ExpressionFault::Distinct,
                 "The first operand must be distinct from the remaining operands for this operator or function; "
                 "operator: " +
                     std::string(name_of(condition.kind)) +
                     ", first operand: " + dynamodb::show(condition.operands[0].path));
  }

  void check_orderable(const Condition& condition) {
    for (const auto& operand : condition.operands) {
      const auto type = operand.literal.type();
      if (operand.kind == ConditionOperand::Kind::Literal && !is_orderable(type))
        reader_.note_type(name_of(condition.kind), type);
    }
  }

  void check_bounds(const Condition& between) {
    const auto& low = between.operands[1];
    const auto& high = between.operands[2];
    if (low.kind != ConditionOperand::Kind::Literal || high.kind != ConditionOperand::Kind::Literal) return;
    const auto bounds = "; lower bound operand: " + show(low.literal) + ", upper bound operand: " + show(high.literal);
    if (low.literal.type() != high.literal.type()) {
      reader_.note(ExpressionFault::OperandType,
                   "The BETWEEN operator requires same data type for lower and upper bounds" + bounds);
      return;
    }
    const auto found = order(low.literal, high.literal);
    if (found && *found > 0) {
      reader_.note(ExpressionFault::OperandType,
                   "The BETWEEN operator requires upper bound to be greater than or equal to lower bound" + bounds);
    }
  }

  void note_misuse(std::string_view function) {
    reader_.note(
        ExpressionFault::MisusedFunction,
        "The function is not allowed to be used this way in an expression; function: " + std::string(function));
  }

  AslError too_deep() const { return reader_.error("The expression has redundant parentheses;"); }

  ExpressionReader& reader_;
};

}  // namespace

Result<Condition> parse_condition(std::string_view kind, std::string_view text, Placeholders& placeholders) {
  ExpressionReader reader(kind, text, placeholders);
  STEPD_CHECK(reader.check_size());
  return ConditionParser(reader).parse();
}

}  // namespace stepd::dynamodb
