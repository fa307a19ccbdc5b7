// A filter policy: which messages a subscriber wants, by their attributes (SNS developer guide: Subscription filter
// policies, scope MessageAttributes). It delivers nothing.
#pragma once

#include "base/condition.h"
#include "base/json.h"
#include "base/result.h"

#include <map>
#include <string>
#include <vector>

namespace stepd::tasks {

/// Immutable, any thread.
class FilterPolicy {
 public:
  /// Wants everything.
  FilterPolicy() = default;

  /// `{"attribute": [value or operator, ...], ...}`: every attribute named must meet one of its list.
  /// Error: name empty; cause says where and what is wrong.
  static Result<FilterPolicy> compile(const Json& policy);

  /// `attributes` as SNS takes them, `{"name": {"DataType", "StringValue"}}`, or with a bare text or number for a
  /// value; null stands for none. A Number counts as one, and of a String.Array every element is tried.
  bool wants(const Json& attributes) const;

 private:
  std::map<std::string, std::vector<Condition>> conditions_;
};

}  // namespace stepd::tasks
