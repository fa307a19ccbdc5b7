#include "engine/asl/expression.h"

#include "base/value/parse.h"
#include "base/value/print.h"
#include "engine/asl/errors.h"
#include "engine/asl/intrinsics/intrinsic.h"

namespace stepd::asl {
namespace {

constexpr int kNestedCalls = 10;  // AWS dev guide: intrinsic functions, "up to 10 nested"

}  // namespace

class ExpressionParser {
 public:
  ExpressionParser(std::string_view text, std::string field) : text_(text), field_(std::move(field)) {}

  Result<Expression> run() {
    if (text_.starts_with("$")) {
      STEPD_TRY(auto path, Path::parse(text_));
      return make(std::move(path), text_);
    }
    STEPD_TRY(auto call_expression, call(1));
    blanks();
    if (at_ != text_.size()) return fail("nothing may follow the closing ')'");
    return call_expression;
  }

 private:
  enum class Escapes : unsigned char { Resolved, Kept };

  template <class Node>
  Expression make(Node node, std::string_view text) const {
    Expression expression;
    expression.text_ = std::string(text);
    expression.field_ = field_;
    expression.node_ = std::move(node);
    return expression;
  }

  Result<Expression> call(int depth) {
    if (depth > kNestedCalls) return fail("calls are nested more than " + std::to_string(kNestedCalls) + " deep");
    const auto begin = at_;
    if (!take("States.")) return fail("expected a path beginning with '$' or a function beginning with 'States.'");
    const auto name_begin = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0)) ++at_;
    const auto name = text_.substr(name_begin, at_ - name_begin);
    auto node = std::make_shared<Expression::Call>();
    node->function = find_intrinsic(name);
    if (node->function == nullptr) return fail("there is no function States." + std::string(name));
    blanks();
    if (!take("(")) return fail("'(' is missing");
    blanks();
    if (!take(")")) {
      do {
        // States.Format tells `\{\}` from a place to fill, so its pattern keeps its escapes.
        const bool pattern = node->function->name == "Format" && node->arguments.empty();
        STEPD_TRY(auto argument_expression, argument(depth, pattern ? Escapes::Kept : Escapes::Resolved));
        node->arguments.push_back(std::move(argument_expression));
        blanks();
      } while (take(","));
      if (!take(")")) return fail("')' is missing");
    }
    STEPD_CHECK(check_count(*node->function, node->arguments.size()));
    return make(std::shared_ptr<const Expression::Call>(std::move(node)), text_.substr(begin, at_ - begin));
  }

  Result<void> check_count(const Intrinsic& function, std::size_t count) const {
    if (count >= function.arguments_min && count <= function.arguments_max) return {};
    return fail("States." + std::string(function.name) + " takes " + std::to_string(function.arguments_min) +
                (function.arguments_max == function.arguments_min ? "" : " or more") + " arguments, not " +
                std::to_string(count));
  }

  Result<Expression> argument(int depth, Escapes escapes) {
    blanks();
    if (at_ >= text_.size()) return fail("an argument is missing");
    if (text_[at_] == '\'') return quoted(escapes);
    if (text_[at_] == '$') return path();
    if (text_.substr(at_).starts_with("States.")) return call(depth + 1);
    return literal();
  }

  /// Single quotes around; a backslash stands before `'`, `\`, `{` or `}` and nothing else, or AWS refuses the call.
  Result<Expression> quoted(Escapes escapes) {
    const auto begin = at_;
    std::string value;
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\'') {
        ++at_;
        return make(Value::string(value), text_.substr(begin, at_ - begin));
      }
      if (c != '\\') {
        value += c;
        continue;
      }
      const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
      if (std::string_view("'\\{}").find(next) == std::string_view::npos)
        return fail("a backslash may only escape ', \\, { and }");
      if (escapes == Escapes::Kept) value += c;
      value += next;
      ++at_;
    }
    return fail("a string has no closing quote");
  }

  Result<Expression> path() {
    const auto begin = at_;
    int brackets = 0;
    char quote = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (quote != 0) {
        if (c == quote) quote = 0;
      } else if (brackets > 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c == '[') {
        ++brackets;
      } else if (c == ']') {
        --brackets;
      } else if (brackets == 0 && (c == ',' || c == ')' || c == ' ')) {
        if (c == ')' && at_ > begin && text_[at_ - 1] == '(') continue;  // `.length()`
        break;
      }
    }
    const auto text = text_.substr(begin, at_ - begin);
    STEPD_TRY(auto parsed, Path::parse(text));
    return make(std::move(parsed), text);
  }

  Result<Expression> literal() {
    const auto begin = at_;
    while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != ')' && text_[at_] != ' ') ++at_;
    const auto word = text_.substr(begin, at_ - begin);
    auto value = parse_value(word);
    if (!value || value->depth() > 0 || value->is_string()) {
      return fail("'" + std::string(word) + "' is no number, true, false, null, 'string', path or function");
    }
    return make(*std::move(value), word);
  }

  bool take(std::string_view sign) {
    if (!text_.substr(at_).starts_with(sign)) return false;
    at_ += sign.size();
    return true;
  }
  void blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) ++at_;
  }
  AslError fail(const std::string& why) const {
    return {"", "'" + std::string(text_) + "': " + why + " (character " + std::to_string(at_ + 1) + ")"};
  }

  std::string_view text_;
  std::string field_;
  std::size_t at_ = 0;
};

Result<Expression> Expression::parse(std::string_view text, std::string field) {
  return ExpressionParser(text, std::move(field)).run();
}

bool Expression::is_path() const { return std::holds_alternative<Path>(node_); }

const Path& Expression::path() const { return std::get<Path>(node_); }

void Expression::for_each_path(const std::function<void(const Path&)>& visit) const {
  if (is_path()) return visit(path());
  if (const auto* call = std::get_if<std::shared_ptr<const Call>>(&node_)) {
    for (const auto& argument : (*call)->arguments) argument.for_each_path(visit);
  }
}

Result<Value> Expression::evaluate(const Scope& scope, PastEnd past_end) const {
  if (const auto* literal = std::get_if<Value>(&node_)) return *literal;
  if (const auto* path = std::get_if<Path>(&node_)) {
    auto selected = path->select(scope, past_end);
    // An indefinite path never misses: its only error is its cost.
    if (selected || path->root_kind() == Path::Root::Variable || !path->is_definite()) return selected;
    const auto looked_at = print_for_cause(path->root_kind() == Path::Root::Context ? scope.context() : scope.input());
    return errors::runtime("The JSONPath '" + path->text() + "' specified for the field '" + field_ +
                           "' could not be found in the input '" + looked_at + "'");
  }
  const auto& call = *std::get<std::shared_ptr<const Call>>(node_);
  std::vector<Value> arguments;
  arguments.reserve(call.arguments.size());
  for (const auto& argument : call.arguments) {
    STEPD_TRY(auto value, argument.evaluate(scope));
    arguments.push_back(std::move(value));
  }
  return call.function->call(arguments, scope);
}

}  // namespace stepd::asl
