// What one selection may cost, its filters included. Counts steps, not time, so that the same path over the same input
// always ends the same way.
#pragma once

#include "engine/asl/path.h"

#include <cstddef>

namespace stepd::asl {

class PathBudget {
 public:
  static constexpr std::size_t kSteps = 1'000'000;

  explicit PathBudget(std::size_t steps = kSteps) : left_(steps) {}
  /// False when the budget is used up; it then stays so.
  bool spend(std::size_t steps = 1) {
    left_ = steps > left_ ? 0 : left_ - steps;
    return left_ > 0;
  }
  bool exhausted() const { return left_ == 0; }
  std::size_t left() const { return left_; }

 private:
  std::size_t left_;
};

/// Charges what it costs to compare `value`: a step per value in it and per 64 bytes of its text. Constant time.
bool spend_on(const Value& value, PathBudget& steps);

/// Path::select, paid from `steps` and `budget`.
Result<Value> select_within(const Path& path, const Value& document, PathBudget& steps, Budget& budget);

}  // namespace stepd::asl
