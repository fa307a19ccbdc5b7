// How operations of DynamoDB's API answer: JSON, or an error as its clients see it.
#pragma once

#include "base/json.h"
#include "base/result.h"

#include <boost/system/result.hpp>

#include <stdexcept>
#include <string>
#include <utility>

namespace stepd::dynamodb {

/// An error of the API. It is made of an AslError whose name is the error's on the wire (`ValidationException`, ...),
/// or one of ItemStore.
struct Failure {
  Failure() = default;
  Failure(std::string error_type, std::string text) : type(std::move(error_type)), message(std::move(text)) {}
  Failure(const AslError& error);  // NOLINT: every function here may fail with one

  /// 500 for errors of this process, else 400.
  int status() const;

  std::string type;
  std::string message;
  std::string members = {};  ///< a JSON object of what else the error has, such as `Item`; empty: nothing
};

[[noreturn]] inline void throw_exception_from_error(const Failure& failure, const boost::source_location&) {
  throw std::logic_error(failure.type + ": " + failure.message);
}

using Answer = boost::system::result<Json, Failure>;

/// `com.amazonaws.dynamodb.v20120810#ResourceNotFoundException`, ...: the error's `__type` on the wire.
std::string type_on_wire(const Failure& failure);
/// The error's body.
Json body_of(const Failure& failure);

}  // namespace stepd::dynamodb
