// One operation of DynamoDB's API. To add one is a file in operations/ and a line in its registry. Nothing of HTTP or
// of Task states is known here: both call the same operations.
#pragma once

#include "base/clock.h"
#include "base/items.h"
#include "base/json.h"
#include "dynamodb/api_failure.h"

#include <span>
#include <string>
#include <string_view>

namespace stepd::dynamodb {

/// What operations work on. It outlives the call.
struct Desk {
  ItemStore& items;
  const Clock& clock;
  std::string region;
  std::string account;
  std::string attempt = {};  ///< of a Task state, see Handler; its change is made once
};

struct Operation {
  std::string_view name;
  /// `arguments` is a JSON object. Thread: any; may block. Throws std::bad_alloc alone.
  Answer (*run)(const Json& arguments, const Desk& desk);
};

/// By name.
std::span<const Operation* const> operations();
/// Null if there is none.
const Operation* find_operation(std::string_view name);

}  // namespace stepd::dynamodb
