// What AWS's APIs answer, as far as a mocked result is held against it (AWS API reference: MockInput,
// fieldValidationMode). It says nothing of requests, and services that are not in its table may answer anything.
#pragma once

#include "base/json.h"
#include "engine/asl/resource.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::core {

struct ResultShape {
  enum class Kind : unsigned char { Anything, String, Number, Boolean, Array, Map, Structure };
  struct Field {
    std::string name;
    bool required = false;
    std::shared_ptr<const ResultShape> shape;
  };

  Kind kind = Kind::Anything;
  std::vector<std::string> values;          ///< of a String that is one of them; empty: any
  std::optional<double> low, high;          ///< of a Number
  std::vector<Field> fields;                ///< of a Structure
  std::shared_ptr<const ResultShape> item;  ///< of an Array or a Map
  std::string_view name;                    ///< of a shape that contains itself: looked up when it is needed
};

/// Null where nothing is known of what the resource answers.
std::shared_ptr<const ResultShape> find_result_shape(const asl::Resource& resource);

enum class FieldValidation : unsigned char { Strict, Present, None };

/// AWS's words for the first fault of `result`, without a preamble. Fields that the shape does not have are not faults.
std::optional<std::string> find_fault(const Json& result, const ResultShape& shape, FieldValidation mode);

}  // namespace stepd::core
