// PathBudget: the maximum cost of one selection, its filters included. It counts steps and not time, so that the same
// path over the same input always has the same result.
#pragma once

#include "engine/asl/path.h"

#include <cstddef>

namespace stepd::asl {

class PathBudget {
 public:
  static constexpr std::size_t kSteps = 1'000'000;

  explicit PathBudget(std::size_t steps = kSteps) : left_(steps) {}
  /// False if the budget is used up, which it then remains.
  bool spend(std::size_t steps = 1) {
    left_ = steps > left_ ? 0 : left_ - steps;
    return left_ > 0;
  }
  bool exhausted() const { return left_ == 0; }
  std::size_t left() const { return left_; }

 private:
  std::size_t left_;
};

/// Charges the cost of comparing `value`: a step for each value in it and for each 64 bytes of its text. Constant time.
bool spend_on(const Value& value, PathBudget& steps);

/// Path::select, charged to `steps` and `budget`.
Result<Value> select_within(const Path& path, const Value& document, PathBudget& steps, Budget& budget);

}  // namespace stepd::asl
