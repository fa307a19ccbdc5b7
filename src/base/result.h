// Result<T>: a value, or the error that an ASL workflow sees. Expected failures are returned as a Result. Exceptions
// are for start-up and for third-party code, and are caught by the room that made the call.
#pragma once

#include <boost/system/result.hpp>

#include <stdexcept>
#include <string>
#include <utility>

namespace stepd {

/// An error as Retry and Catch see it (ASL §Errors): a name to match and a text for people.
struct AslError {
  // With a constructor a single string does not convert to an error (C++20 initialises aggregates in parentheses).
  AslError() = default;
  AslError(std::string error_name, std::string error_cause)
      : name(std::move(error_name)), cause(std::move(error_cause)) {}

  std::string name;
  std::string cause;

  friend bool operator==(const AslError&, const AslError&) = default;
};

/// Called by Result::value() on an error, which is a fault of the caller.
[[noreturn]] inline void throw_exception_from_error(const AslError& error, const boost::source_location&) {
  throw std::logic_error(error.name + ": " + error.cause);
}

template <class T>
using Result = boost::system::result<T, AslError>;

}  // namespace stepd

// "Return the error, or bind the value": STEPD_TRY(auto path, Path::parse(text));
#define STEPD_CONCAT_(a, b) a##b
#define STEPD_CONCAT(a, b) STEPD_CONCAT_(a, b)
#define STEPD_TRY(binding, expression)                                                                               \
  auto&& STEPD_CONCAT(stepd_try_, __LINE__) = (expression);                                                          \
  if (!STEPD_CONCAT(stepd_try_, __LINE__).has_value()) return std::move(STEPD_CONCAT(stepd_try_, __LINE__)).error(); \
  binding = *std::move(STEPD_CONCAT(stepd_try_, __LINE__))
// The same for a Result<void>, or where the value is not wanted.
#define STEPD_CHECK(expression)                                            \
  do {                                                                     \
    auto&& stepd_check_ = (expression);                                    \
    if (!stepd_check_.has_value()) return std::move(stepd_check_).error(); \
  } while (false)
