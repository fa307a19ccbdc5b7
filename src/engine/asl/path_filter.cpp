#include "engine/asl/path_filter.h"

#include "base/value/builder.h"
#include "base/value/compare.h"
#include "base/value/parse.h"

#include <algorithm>
#include <array>

namespace stepd::asl {
namespace {

using Operator = FilterExpression::Operator;
using Shared = std::shared_ptr<const FilterExpression>;

constexpr int kNestingMax = 32;

/// Recursive descent: or > and > not > parentheses > comparison.
class FilterParser {
 public:
  explicit FilterParser(std::string_view text) : rest_(text) {}

  Result<Shared> run() {
    STEPD_TRY(auto expression, disjunction(0));
    skip_blanks();
    if (!rest_.empty()) return AslError{"", "unexpected '" + std::string(rest_) + "' in filter"};
    return expression;
  }

 private:
  Result<Shared> disjunction(int depth) { return chain(depth, "||", Operator::Or, &FilterParser::conjunction); }
  Result<Shared> conjunction(int depth) { return chain(depth, "&&", Operator::And, &FilterParser::unary); }

  Result<Shared> chain(int depth, std::string_view sign, Operator op, Result<Shared> (FilterParser::*part)(int)) {
    if (depth > kNestingMax) return AslError{"", "filter is nested too deeply"};
    STEPD_TRY(auto first, (this->*part)(depth + 1));
    skip_blanks();
    if (!rest_.starts_with(sign)) return first;
    auto all = std::make_shared<FilterExpression>();
    all->op = op;
    all->children.push_back(first);
    while (take(sign)) {
      STEPD_TRY(auto next, (this->*part)(depth + 1));
      all->children.push_back(next);
      skip_blanks();
    }
    return Shared(all);
  }

  Result<Shared> unary(int depth) {
    if (depth > kNestingMax) return AslError{"", "filter is nested too deeply"};
    skip_blanks();
    if (rest_.starts_with("!") && !rest_.starts_with("!=")) {
      rest_.remove_prefix(1);
      STEPD_TRY(auto inner, unary(depth + 1));
      auto negated = std::make_shared<FilterExpression>();
      negated->op = Operator::Not;
      negated->children.push_back(inner);
      return Shared(negated);
    }
    if (take("(")) {
      STEPD_TRY(auto inner, disjunction(depth + 1));
      skip_blanks();
      if (!take(")")) return AslError{"", "missing ')' in filter"};
      return inner;
    }
    return comparison();
  }

  Result<Shared> comparison() {
    auto result = std::make_shared<FilterExpression>();
    STEPD_CHECK(operand(*result));
    static constexpr std::array<std::pair<std::string_view, Operator>, 14> kSigns{{{"==", Operator::Equal},
                                                                                   {"!=", Operator::NotEqual},
                                                                                   {"<=", Operator::LessEqual},
                                                                                   {">=", Operator::GreaterEqual},
                                                                                   {"<", Operator::Less},
                                                                                   {">", Operator::Greater},
                                                                                   {"in ", Operator::In},
                                                                                   {"nin ", Operator::NotIn},
                                                                                   {"contains ", Operator::Contains},
                                                                                   {"empty ", Operator::Empty},
                                                                                   {"size ", Operator::Size},
                                                                                   {"subsetof ", Operator::SubsetOf},
                                                                                   {"anyof ", Operator::AnyOf},
                                                                                   {"noneof ", Operator::NoneOf}}};
    skip_blanks();
    if (take("=~")) {
      skip_blanks();
      STEPD_TRY(auto pattern, Pattern::take(rest_));
      result->op = Operator::Matches;
      result->pattern = std::make_shared<const Pattern>(std::move(pattern));
      return Shared(result);
    }
    for (const auto& [sign, op] : kSigns) {
      if (!take(sign)) continue;
      result->op = op;
      STEPD_CHECK(operand(*result));
      return Shared(result);
    }
    return Shared(result);
  }

  Result<void> operand(FilterExpression& into) {
    skip_blanks();
    if (rest_.empty()) return AslError{"", "missing operand in filter"};
    if (rest_[0] == '@' || rest_[0] == '$') {
      std::string path = "$" + std::string(take_path().substr(1));
      into.over_document.push_back(last_root_ == '$');
      STEPD_TRY(auto parsed, Path::parse(path));
      into.operands.emplace_back(std::move(parsed));
      return {};
    }
    STEPD_TRY(auto literal, take_literal());
    into.over_document.push_back(false);
    into.operands.emplace_back(std::move(literal));
    return {};
  }

  /// Up to the first blank, comparison sign or closing parenthesis outside brackets and quotes.
  std::string_view take_path() {
    last_root_ = rest_[0];
    std::size_t end = 1;
    int brackets = 0;
    char quote = 0;
    for (; end < rest_.size(); ++end) {
      const char c = rest_[end];
      if (quote != 0) {
        if (c == quote) quote = 0;
      } else if (brackets > 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c == '[') {
        ++brackets;
      } else if (c == ']') {
        --brackets;
      } else if (brackets == 0 && (c == '(' && end + 1 < rest_.size() && rest_[end + 1] == ')')) {
        ++end;
      } else if (brackets == 0 && std::string_view(" =!<>&|)").find(c) != std::string_view::npos) {
        break;
      }
    }
    const auto path = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return path;
  }

  Result<Value> take_list() {
    std::vector<Value> items;
    rest_.remove_prefix(1);
    skip_blanks();
    if (take("]")) return array(items);
    do {
      skip_blanks();
      if (rest_.empty() || rest_[0] == '[') return AslError{"", "a list in a filter holds plain values only"};
      STEPD_TRY(auto item, take_literal());
      items.push_back(std::move(item));
      skip_blanks();
    } while (take(","));
    if (!take("]")) return AslError{"", "list without end in filter"};
    return array(items);
  }

  Result<Value> take_literal() {
    if (rest_[0] == '[') return take_list();
    if (rest_[0] == '\'' || rest_[0] == '"') return take_string(rest_[0]);
    std::size_t end = 0;
    while (end < rest_.size() && std::string_view(" =!<>&|),]").find(rest_[end]) == std::string_view::npos) ++end;
    const auto word = rest_.substr(0, end);
    rest_.remove_prefix(end);
    if (word.empty()) return AslError{"", "missing operand in filter"};
    auto parsed = parse_value(word);
    if (parsed) return parsed;
    return Value::string(word);  // `@.Name==Receipt`: an unquoted word, as real definitions have it
  }

  Result<Value> take_string(char quote) {
    std::string text;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '\\' && i + 1 < rest_.size()) {
        text += rest_[++i];
      } else if (rest_[i] == quote) {
        rest_.remove_prefix(i + 1);
        return Value::string(text);
      } else {
        text += rest_[i];
      }
    }
    return AslError{"", "string without end in filter"};
  }

  void skip_blanks() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\t')) rest_.remove_prefix(1);
  }
  bool take(std::string_view sign) {
    if (!rest_.starts_with(sign)) return false;
    rest_.remove_prefix(sign.size());
    return true;
  }

  std::string_view rest_;
  char last_root_ = '@';
};

std::optional<Value> value_of(const FilterExpression& filter, std::size_t i, const Value& candidate,
                              const Value& document, PathBudget& steps, Budget& budget) {
  if (const auto* literal = std::get_if<Value>(&filter.operands[i])) return *literal;
  steps.spend();
  const auto& path = std::get<Path>(filter.operands[i]);
  auto selected = select_within(path, filter.over_document[i] ? document : candidate, steps, budget);
  if (!selected) return std::nullopt;
  return *std::move(selected);
}

/// A number equals the text that spells it, as Jayway has it.
bool is_equal(const Value& a, const Value& b, PathBudget& steps) {
  if (a.is_string() && b.is_number()) return is_equal(b, a, steps);
  if (a.is_number() && b.is_string()) {
    const auto spelt = parse_value(b.string());
    return spelt && spelt->is_number() && a == *spelt;
  }
  return spend_on(a, steps) && a == b;
}

bool holds_item(const Value& list, const Value& item, PathBudget& steps) {
  const auto items = list.items();
  return std::any_of(items.begin(), items.end(), [&](const Value& each) { return is_equal(each, item, steps); });
}

/// Items of `some` that `all` holds.
std::size_t shared_items(const Value& some, const Value& all, PathBudget& steps) {
  const auto items = some.items();
  return static_cast<std::size_t>(
      std::count_if(items.begin(), items.end(), [&](const Value& item) { return holds_item(all, item, steps); }));
}

bool contains(const Value& a, const Value& b, PathBudget& steps) {
  if (!a.is_string() || !b.is_string()) return holds_item(a, b, steps);
  return spend_on(a, steps) && a.string().find(b.string()) != std::string_view::npos;
}

/// Nothing for two values that have no order.
std::partial_ordering order(const Value& a, const Value& b, PathBudget& steps) {
  if (!spend_on(a, steps)) return std::partial_ordering::unordered;
  if (a.is_number() && b.is_number()) return compare_numbers(a, b);
  if (a.is_string() && b.is_string()) return a.string() <=> b.string();
  return std::partial_ordering::unordered;
}

bool has_size(const Value& value) { return value.is_array() || value.is_string(); }

std::size_t size_of(const Value& value) { return value.is_string() ? value.string().size() : value.size(); }

bool compare(Operator op, const Value& a, const Value& b, PathBudget& steps) {
  switch (op) {
    case Operator::Equal:
      return is_equal(a, b, steps);
    case Operator::NotEqual:
      return !is_equal(a, b, steps);
    case Operator::Less:
      return order(a, b, steps) < 0;
    case Operator::LessEqual:
      return order(a, b, steps) <= 0;
    case Operator::Greater:
      return order(a, b, steps) > 0;
    case Operator::GreaterEqual:
      return order(a, b, steps) >= 0;
    case Operator::In:
      return holds_item(b, a, steps);
    case Operator::NotIn:
      return !holds_item(b, a, steps);
    case Operator::Contains:
      return contains(a, b, steps);
    case Operator::Empty:
      return has_size(a) && b.is_bool() && (size_of(a) == 0) == b.boolean();
    case Operator::Size:
      return has_size(a) && b.is_number() && Value::integer(static_cast<std::int64_t>(size_of(a))) == b;
    case Operator::SubsetOf:
      return a.is_array() && b.is_array() && shared_items(a, b, steps) == a.size();
    case Operator::AnyOf:
      return a.is_array() && b.is_array() && shared_items(a, b, steps) > 0;
    case Operator::NoneOf:
      return a.is_array() && b.is_array() && shared_items(a, b, steps) == 0;
    default:
      return false;
  }
}

}  // namespace

Result<Shared> parse_filter(std::string_view text) { return FilterParser(text).run(); }

bool matches_filter(const FilterExpression& filter, const Value& candidate, const Value& document, PathBudget& steps,
                    Budget& budget) {
  const auto holds = [&](const Shared& child) {
    return steps.spend() && matches_filter(*child, candidate, document, steps, budget);
  };
  switch (filter.op) {
    case Operator::And:
      return std::all_of(filter.children.begin(), filter.children.end(), holds);
    case Operator::Or:
      return std::any_of(filter.children.begin(), filter.children.end(), holds);
    case Operator::Not:
      return !holds(filter.children.front());
    case Operator::Exists: {
      const auto value = value_of(filter, 0, candidate, document, steps, budget);
      if (!value) return false;
      const bool indefinite =
          std::holds_alternative<Path>(filter.operands[0]) && !std::get<Path>(filter.operands[0]).is_definite();
      return !indefinite || !value->empty();
    }
    case Operator::Matches: {
      const auto value = value_of(filter, 0, candidate, document, steps, budget);
      return value && value->is_string() && filter.pattern->matches(value->string(), steps);
    }
    default:
      break;
  }
  const auto left = value_of(filter, 0, candidate, document, steps, budget);
  const auto right = value_of(filter, 1, candidate, document, steps, budget);
  // What is missing equals nothing, not even what is missing on the other side.
  if (!left || !right) return filter.op == Operator::NotEqual || filter.op == Operator::NotIn;
  return compare(filter.op, *left, *right, steps);
}

}  // namespace stepd::asl
