// The 39 data-test operators of Choice rules: one row each.
#pragma once

#include "base/value/value.h"

#include <span>
#include <string_view>

namespace stepd::asl {

struct ChoiceOperator {
  std::string_view name;
  enum class Takes : unsigned char { String, Number, Boolean, Timestamp, TypeTest } takes;
  /// `operand` has the type that the operator takes, or any type in its Path form. False if the types do not fit.
  bool (*holds)(const Value& value, const Value& operand);
  bool has_path_form;  ///< the operator <name>Path exists, too
};

std::span<const ChoiceOperator> choice_operators();

}  // namespace stepd::asl
