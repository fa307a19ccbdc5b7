// The door of the library: compiles, evaluates, and makes values of what an evaluation gives.
#include "engine/asl/jsonata/jsonata.h"

#include "base/limits.h"
#include "base/value/builder.h"
#include "base/value/escape.h"
#include "engine/asl/jsonata/evaluator.h"
#include "engine/asl/jsonata/json_text.h"
#include "engine/asl/jsonata/syntax.h"
#include "engine/asl/jsonata/text_units.h"

#include <algorithm>
#include <cmath>

namespace stepd::jsonata {

namespace {

std::shared_ptr<Program> compile_program(std::string_view text, Dialect dialect, bool evaluated) {
  if (text.size() > limits::kDefinitionBytes) {
    Failure failure("");
    failure.bound = Bound::Memory;
    failure.message = "The expression is longer than 1048576 bytes";
    throw failure;
  }
  auto program = std::make_shared<Program>();
  program->text = is_utf8(text) ? std::string(text) : replace_invalid(text);
  program->dialect = dialect;
  program->root = process_syntax(parse_syntax(program->text));
  resolve(*program, evaluated);
  return program;
}

/// Writes an Item as a Value. Functions become empty strings and numbers that are not finite their names, as on AWS.
class ResultBuilder {
 public:
  explicit ResultBuilder(std::uint32_t bytes) { budget_.bytes = bytes; }

  Value build(const Item& item) {
    if (item.is_json()) {
      if (item.json().text_bytes() > budget_.bytes) fail();
      return item.json();
    }
    add(item);
    if (builder_.limit() != Limit::None) fail();
    return std::move(builder_).finish();
  }

 private:
  [[noreturn]] void fail() const {
    Failure failure("");
    failure.bound = builder_.limit() == Limit::Depth ? Bound::Depth : Bound::Memory;
    failure.message = "The result is larger than it may be";
    throw failure;
  }

  void add(const Item& item) {
    if (builder_.limit() != Limit::None) return;
    if (item.is_json()) {
      builder_.add(item.json());
    } else if (item.is_number()) {
      add_number(item.number());
    } else if (item.is_array()) {
      if (builder_.begin_array()) builder_.reserve(item.size());
      for_each(item, [&](const Item& each) { add(each); });
      builder_.end();
    } else if (item.is_object()) {
      builder_.begin_object();
      for (const Map::Entry& entry : item.map().entries) {
        if (entry.value.is_undefined()) continue;
        builder_.key(entry.name);
        add(entry.value);
      }
      builder_.end();
    } else if (item.is_string()) {
      builder_.string(replace_surrogates(item.text()));
    } else if (item.is_function()) {
      builder_.string("");
    } else if (item.tag() == Tag::Tuples) {
      builder_.begin_array();
      for (const auto& tuple : item.tuples().tuples) add(tuple.context);
      builder_.end();
    } else {
      builder_.null();
    }
  }

  void add_number(double number) {
    if (!std::isfinite(number)) {
      builder_.string(js_number(number));
    } else if (number == std::trunc(number) && std::abs(number) < 9.2e18) {
      builder_.integer(static_cast<std::int64_t>(number));
    } else {
      builder_.decimal(js_number(number));
    }
  }

  Budget budget_ = Budget::without_limits();
  Builder builder_{budget_};
};

Outcome outcome_of(const Item& item, const Bounds& bounds) {
  Outcome outcome;
  if (item.is_undefined()) return outcome;
  outcome.kind = item.is_function() ? Outcome::Kind::Function : Outcome::Kind::Value;
  if (item.is_number() && !std::isfinite(item.number())) outcome.kind = Outcome::Kind::NotFinite;
  outcome.value = ResultBuilder(bounds.result_bytes).build(item.has(Item::kOuter) ? item.at(0) : item);
  return outcome;
}

}  // namespace

std::variant<Expression, Error> Expression::compile(std::string_view text, Dialect dialect) {
  try {
    return Expression(compile_program(text, dialect, false));
  } catch (Failure& failure) {
    return std::move(failure).finish(text);
  }
}

const std::string& Expression::text() const { return program_->text; }
Dialect Expression::dialect() const { return program_->dialect; }
const References& Expression::references() const { return program_->references; }

Bounds Bounds::of_step_functions() {
  Bounds bounds;
  bounds.depth = 100;
  bounds.memory = 6'990'256;
  bounds.string_bytes = 6'990'256;
  bounds.list_items = 873'782;
  return bounds;
}

Outcome evaluate(const Expression& expression, const std::optional<Value>& input, std::span<const Binding> bindings,
                 const Environment& environment, const Bounds& bounds) {
  Bounds capped = bounds;
  capped.depth = std::min(capped.depth, kDepthMax);
  Meter meter(capped);
  try {
    Evaluator evaluator(expression.program(), bindings, environment, meter);
    return outcome_of(evaluator.run(input), capped);
  } catch (Failure& failure) {
    Outcome outcome;
    outcome.kind = Outcome::Kind::Failed;
    outcome.error = std::move(failure).finish(expression.text());
    return outcome;
  }
}

Item Evaluator::evaluate_text(std::string_view text, const Item& input, Frame* frame) {
  const auto wrap_failure = [](std::string_view code, Failure& inner, std::string_view of) {
    Failure failure(code);
    append_quoted(std::move(inner).finish(of).message, failure.value_json);
    return failure;
  };
  std::shared_ptr<const Program> program;
  meter_.step(text.size());
  meter_.charge(text.size() * 8);  // kept until the evaluation ends, since functions may refer to it
  try {
    program = compile_program(text, program_.dialect, true);
  } catch (Failure& failure) {
    if (failure.bound != Bound::None) throw;
    throw wrap_failure("D3120", failure, text);
  }
  evaluated_.push_back(program);
  const Ref<Frame> own(new Frame(meter_, *program->top_scope, Ref<Frame>(frame)));
  for (std::size_t i = 0; i < own->slots.size(); ++i) own->set(i, look_up(program->top_scope->names[i], frame));
  try {
    return eval(*program->root, input, own.get());
  } catch (Failure& failure) {
    if (failure.bound != Bound::None) throw;
    throw wrap_failure("D3121", failure, text);
  }
}

}  // namespace stepd::jsonata
