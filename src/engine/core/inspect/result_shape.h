// ResultShape: the shape of the response of an AWS API, against which TestState checks a mocked result (AWS API
// reference: MockInput, fieldValidationMode).
//
// 1. STRICT demands the required fields and the types, PRESENT the types of the fields that are there, NONE nothing.
// 2. Fields that the shape does not have are allowed, as on AWS.
// 3. The result of a service that has no row in result_shapes.cpp is not checked, nor is that of a `.waitForTaskToken`
//    task, because its sender chooses it.
#pragma once

#include "base/json.h"
#include "engine/asl/resource.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::core {

/// Immutable, any thread.
struct ResultShape {
  enum class Kind : unsigned char { Anything, String, Number, Boolean, Array, Map, Structure };
  struct Field {
    std::string name;
    bool required = false;
    std::shared_ptr<const ResultShape> shape;
  };

  Kind kind = Kind::Anything;
  std::vector<std::string> values;          ///< of a String that is one of them; empty: any
  std::optional<double> low, high;          ///< of a Number, or of how long a String is
  std::vector<Field> fields;                ///< of a Structure
  std::shared_ptr<const ResultShape> item;  ///< of an Array or a Map
  std::string_view name;                    ///< refers to a shape by its name, which is looked up when it is needed
};

/// The shape of the resource's result; null if it is not checked. Thread: any.
std::shared_ptr<const ResultShape> find_result_shape(const asl::Resource& resource);

enum class FieldValidation : unsigned char { Strict, Present, None };

/// AWS's message for the first fault of `result`, without a preamble; none if there is no fault.
std::optional<std::string> find_fault(const Json& result, const ResultShape& shape, FieldValidation mode);

}  // namespace stepd::core
