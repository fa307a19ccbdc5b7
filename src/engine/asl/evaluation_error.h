// EvaluationError: the error of a field that could not be evaluated, with the field's place.
#pragma once

#include "base/result.h"

#include <string>
#include <utility>

namespace stepd::asl {

struct EvaluationError : AslError {
  EvaluationError() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): what fails without a place is an error of evaluation, too
  EvaluationError(AslError error, std::string place = {}) : AslError(std::move(error)), location(std::move(place)) {}

  /// Of the JSONata field, as AWS's EvaluationFailed names it: "Output/v[0]", "Choices[1]/Condition". May be empty.
  std::string location;
  /// The state had begun when its value was found wrong: AWS names StateEntered as the event before EvaluationFailed.
  bool within_state = false;
};

template <class T>
using Evaluated = boost::system::result<T, EvaluationError>;

/// Called by Evaluated::value() on an error, which is a fault of the caller.
[[noreturn]] inline void throw_exception_from_error(const EvaluationError& error, const boost::source_location&) {
  throw std::logic_error(error.name + ": " + error.cause);
}

}  // namespace stepd::asl
