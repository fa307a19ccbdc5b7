// Operators with two sides, truth and equality.
#include "engine/asl/jsonata/evaluator.h"
#include "engine/asl/jsonata/json_text.h"
#include "engine/asl/jsonata/text_units.h"

#include <cmath>

namespace stepd::jsonata {

namespace {

constexpr double kRangeItemsMax = 1e7;

[[noreturn]] void fail_out_of_range(double number) {
  throw Failure("D1001").with_value(std::isnan(number) ? "null" : "null");
}

double calculate(Operator op, double a, double b) {
  switch (op) {
    case Operator::Add:
      return a + b;
    case Operator::Subtract:
      return a - b;
    case Operator::Multiply:
      return a * b;
    case Operator::Divide:
      return a / b;
    default:
      return std::fmod(a, b);
  }
}

Item arithmetic(Operator op, const Item& left, const Item& right) {
  if (!left.is_undefined() && !is_numeric(left)) throw Failure("T2001").with_value(json_for_error(left));
  if (!right.is_undefined() && !is_numeric(right)) throw Failure("T2002").with_value(json_for_error(right));
  if (left.is_undefined() || right.is_undefined()) return {};
  return Item::number(calculate(op, left.number(), right.number()));
}

bool holds(Operator op, int order) {
  switch (op) {
    case Operator::Less:
      return order < 0;
    case Operator::LessEqual:
      return order <= 0;
    case Operator::Greater:
      return order > 0;
    default:
      return order >= 0;
  }
}

bool holds(Operator op, double a, double b) {
  switch (op) {
    case Operator::Less:
      return a < b;
    case Operator::LessEqual:
      return a <= b;
    case Operator::Greater:
      return a > b;
    default:
      return a >= b;
  }
}

Item comparison(Operator op, const Item& left, const Item& right) {
  const auto comparable = [](const Item& item) { return item.is_undefined() || item.is_string() || item.is_number(); };
  if (!comparable(left) || !comparable(right)) {
    const bool left_good = left.is_string() || left.is_number();
    throw Failure("T2010").with_value(json_for_error(left_good ? right : left));
  }
  if (left.is_undefined() || right.is_undefined()) return {};
  if (left.is_string() != right.is_string()) {
    throw Failure("T2009").with_values(json_for_error(left), json_for_error(right));
  }
  if (left.is_number()) return Item::boolean(holds(op, left.number(), right.number()));
  return Item::boolean(holds(op, compare_utf16(left.text(), right.text())));
}

bool includes(const Item& left, const Item& right, Meter& meter) {
  if (left.is_undefined() || right.is_undefined()) return false;
  bool found = false;
  meter.step(right.size());
  for_each(right, [&](const Item& each) { found = found || each.identical(left); });
  return found;
}

bool objects_equal(const Item& a, const Item& b, Meter& meter) {
  if (a.size() != b.size()) return false;
  bool same = true;
  for_each_member(a, [&](std::string_view name, const Item& value) {
    if (!same) return;
    const Item other = b.find(name);
    same = !other.is_undefined() && deep_equal(value, other, meter);
  });
  return same;
}

}  // namespace

bool is_numeric(const Item& item) {
  if (item.is_json()) return item.is_number();  // those are finite
  if (!item.is_number() || std::isnan(item.number())) return false;
  if (std::isinf(item.number())) fail_out_of_range(item.number());
  return true;
}

bool truth(const Item& item) {
  if (item.is_bool()) return item.boolean();
  if (item.is_array()) {
    if (item.size() == 1) return truth(item.at(0));
    bool any = false;
    for_each(item, [&](const Item& each) { any = any || truth(each); });
    return any;
  }
  if (item.is_string()) return !item.text().empty();
  if (item.is_number()) return is_numeric(item) && item.number() != 0;
  return item.is_object() && item.size() > 0;
}

bool deep_equal(const Item& a, const Item& b, Meter& meter) {
  meter.step();
  if (a.is_array() && b.is_array()) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (!deep_equal(a.at(i), b.at(i), meter)) return false;
    }
    return true;
  }
  if (a.is_object() && b.is_object()) {
    return (a.is_json() && b.is_json() && a.json().same(b.json())) || objects_equal(a, b, meter);
  }
  return a.identical(b);
}

Item Evaluator::binary(const Node& node, const Item& input, Frame* frame) {
  if (node.op == Operator::And || node.op == Operator::Or) return logical(node, input, frame);
  const Item left = eval(*node.left, input, frame);
  const Item right = eval(*node.right, input, frame);
  try {
    switch (node.op) {
      case Operator::Add:
      case Operator::Subtract:
      case Operator::Multiply:
      case Operator::Divide:
      case Operator::Modulo:
        return arithmetic(node.op, left, right);
      case Operator::Equal:
      case Operator::NotEqual:
        if (left.is_undefined() || right.is_undefined()) return Item::boolean(false);
        return Item::boolean(deep_equal(left, right, meter_) == (node.op == Operator::Equal));
      case Operator::Less:
      case Operator::LessEqual:
      case Operator::Greater:
      case Operator::GreaterEqual:
        return comparison(node.op, left, right);
      case Operator::Concat: {
        std::string text;
        if (!left.is_undefined()) append_string(left, meter_, text);
        if (!right.is_undefined()) append_string(right, meter_, text);
        return Item::string(std::move(text), meter_);
      }
      case Operator::Range:
        return range(left, right);
      case Operator::In:
        return Item::boolean(includes(left, right, meter_));
      default:
        return {};
    }
  } catch (Failure& failure) {
    failure.position = node.position;
    failure.token = std::string(operator_text(node.op));
    failure.raw_token = false;
    throw;
  }
}

Item Evaluator::logical(const Node& node, const Item& input, Frame* frame) {
  const Item left = eval(*node.left, input, frame);
  try {
    const bool first = truth(left);
    if (first != (node.op == Operator::And)) return Item::boolean(first);
    return Item::boolean(truth(eval(*node.right, input, frame)));
  } catch (Failure& failure) {
    failure.position = node.position;
    failure.token = std::string(operator_text(node.op));
    failure.raw_token = false;
    throw;
  }
}

Item Evaluator::range(const Item& left, const Item& right) {
  const auto is_integer = [](const Item& item) {
    return item.is_number() && std::isfinite(item.number()) && std::trunc(item.number()) == item.number();
  };
  if (!left.is_undefined() && !is_integer(left)) throw Failure("T2003").with_value(json_for_error(left));
  if (!right.is_undefined() && !is_integer(right)) throw Failure("T2004").with_value(json_for_error(right));
  if (left.is_undefined() || right.is_undefined() || left.number() > right.number()) return {};
  const double size = right.number() - left.number() + 1;
  if (size > kRangeItemsMax) throw Failure("D2014").with_value(js_number(size));
  meter_.step(static_cast<std::uint64_t>(size));
  const auto list = new_list(meter_);
  list->reserve(static_cast<std::size_t>(size));
  for (double number = left.number(); static_cast<double>(list->items.size()) < size; ++number) {
    list->push(Item::number(number));
  }
  return sequence_of(list);
}

}  // namespace stepd::jsonata
