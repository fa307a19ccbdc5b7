#include "engine/core/inspect/result_shape.h"

#include "base/assert.h"
#include "base/long_integer.h"
#include "engine/asl/common_fields.h"
#include "engine/core/inspect/result_shapes.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>

namespace stepd::core {
namespace {

using Kind = ResultShape::Kind;
using Shared = std::shared_ptr<const ResultShape>;

/// Of the table's notation, which is ours: what is malformed is a fault of this program.
class ShapeReader {
 public:
  explicit ShapeReader(std::string_view text) : text_(text) {}

  Shared read() {
    auto shape = std::make_shared<ResultShape>();
    switch (next()) {
      case '*':
        break;
      case 's':
        shape->kind = Kind::String;
        limits(*shape);
        break;
      case 'b':
        shape->kind = Kind::Boolean;
        break;
      case 'n':
        shape->kind = Kind::Number;
        limits(*shape);
        break;
      case '(':
        shape->kind = Kind::String;
        do shape->values.emplace_back(until("|)"));
        while (next() == '|');
        break;
      case '[':
        shape->kind = Kind::Array;
        shape->item = enclosed(']');
        break;
      case '<':
        shape->kind = Kind::Map;
        shape->item = enclosed('>');
        break;
      case '{':
        shape->kind = Kind::Structure;
        while (peek() != '}') shape->fields.push_back(field());
        next();
        break;
      case '@':
        shape->name = until(" ]>})");
        break;
      default:
        STEPD_ASSERT(false);
    }
    return shape;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  char next() { return at_ < text_.size() ? text_[at_++] : '\0'; }

  std::string_view until(std::string_view ends) {
    const auto from = at_;
    at_ = std::min(text_.find_first_of(ends, at_), text_.size());
    return text_.substr(from, at_ - from);
  }
  std::optional<double> limit(std::string_view sign) {
    if (!text_.substr(at_).starts_with(sign)) return std::nullopt;
    at_ += sign.size();
    double value = 0;
    const auto read = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    STEPD_ASSERT(read.ec == std::errc{});
    at_ = static_cast<std::size_t>(read.ptr - text_.data());
    return value;
  }
  void limits(ResultShape& shape) {
    shape.low = limit(">=");
    shape.high = limit("<=");
  }
  Shared enclosed(char end) {
    auto item = read();
    STEPD_ASSERT(next() == end);
    return item;
  }
  ResultShape::Field field() {
    ResultShape::Field field;
    field.name = until("!:");
    field.required = peek() == '!';
    if (field.required) next();
    STEPD_ASSERT(next() == ':');
    field.shape = read();
    if (peek() == ' ') next();
    return field;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

Shared find_shape(std::string_view name) {
  static const auto kShapes = [] {
    std::map<std::string_view, Shared> all;
    for (const auto& row : result_shapes()) all.emplace(row.name, ShapeReader(row.shape).read());
    return all;
  }();
  const auto found = kShapes.find(name);
  return found == kShapes.end() ? nullptr : found->second;
}

class FaultFinder {
 public:
  explicit FaultFinder(FieldValidation mode) : strict_(mode == FieldValidation::Strict) {}

  std::optional<std::string> check(const Json& value, const ResultShape& shape, const std::string& field) const {
    if (!shape.name.empty()) return check(value, *find_shape(shape.name), field);
    const auto wrong = [&](const char* what) { return "Field '" + field + "' " + what; };
    switch (shape.kind) {
      case Kind::Anything:
        return std::nullopt;
      case Kind::String:
        if (!value.is_string()) return wrong("must be a string");
        if (!shape.values.empty() && !is_one_of(value, shape.values)) return wrong("is not an expected value");
        if (is_below(shape, length_of(value))) return wrong("is less than the minimum length");
        if (is_above(shape, length_of(value))) return wrong("is greater than the maximum length");
        return std::nullopt;
      case Kind::Number:
        if (!as_double(value)) return wrong("must be a number");
        if (is_below(shape, *as_double(value))) return wrong("is less than the minimum value");
        if (is_above(shape, *as_double(value))) return wrong("is greater than the maximum value");
        return std::nullopt;
      case Kind::Boolean:
        return value.is_boolean() ? std::nullopt : std::optional(wrong("must be a boolean"));
      case Kind::Array:
        return value.is_array() ? check_items(value, *shape.item, field) : wrong("must be an array");
      case Kind::Map:
        return value.is_object() ? check_items(value, *shape.item, field) : wrong("must be an object");
      case Kind::Structure:
        return value.is_object() ? check_fields(value, shape) : wrong("must be an object");
    }
    return std::nullopt;
  }

 private:
  static double length_of(const Json& text) {
    return static_cast<double>(asl::characters(text.get_ref<const std::string&>()));
  }
  static bool is_below(const ResultShape& shape, double measured) { return shape.low && measured < *shape.low; }
  static bool is_above(const ResultShape& shape, double measured) { return shape.high && measured > *shape.high; }
  static bool is_one_of(const Json& value, const std::vector<std::string>& values) {
    return std::find(values.begin(), values.end(), value.get_ref<const std::string&>()) != values.end();
  }

  std::optional<std::string> check_items(const Json& values, const ResultShape& shape, const std::string& field) const {
    for (const auto& [key, value] : values.items()) {
      if (auto fault = check(value, shape, values.is_object() ? key : field)) return fault;
    }
    return std::nullopt;
  }

  std::optional<std::string> check_fields(const Json& value, const ResultShape& shape) const {
    for (const auto& field : shape.fields) {
      if (strict_ && field.required && !value.contains(field.name))
        return "Required field '" + field.name + "' is missing";
    }
    for (const auto& field : shape.fields) {
      const auto found = value.find(field.name);
      if (found == value.end()) continue;
      if (auto fault = check(*found, *field.shape, field.name)) return fault;
    }
    return std::nullopt;
  }

  const bool strict_;
};

}  // namespace

std::shared_ptr<const ResultShape> find_result_shape(const asl::Resource& resource) {
  using Pattern = asl::Resource::Pattern;
  // What comes back with a task token is its sender's, not the API's.
  if (resource.kind != asl::Resource::Kind::Service || resource.pattern == Pattern::WaitForTaskToken) return nullptr;
  constexpr std::string_view kSdk = "aws-sdk:";
  const bool sdk = resource.service.starts_with(kSdk);
  std::string service = sdk ? resource.service.substr(kSdk.size()) : resource.service;
  if (service == "sfn") service = "states";
  if (service == "eventbridge") service = "events";
  // AWS dev guide, Start workflow executions from a task: `.sync` answers what DescribeExecution does.
  if (resource.pattern != Pattern::RequestResponse)
    return service == "states" ? find_shape("states:describeExecution") : nullptr;
  return find_shape(service + ":" + resource.action);
}

std::optional<std::string> find_fault(const Json& result, const ResultShape& shape, FieldValidation mode) {
  if (mode == FieldValidation::None) return std::nullopt;
  return FaultFinder(mode).check(result, shape, "$");
}

}  // namespace stepd::core
