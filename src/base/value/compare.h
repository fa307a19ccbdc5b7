// Equality of values, and a hash that agrees with it. Numbers are compared by their exact value (1, 1.0 and 1e0 are
// equal, and so are 0.1 and 0.10), objects without regard to the order of their members.
#pragma once

#include "base/value/builder.h"
#include "base/value/value.h"

#include <compare>
#include <cstdint>

namespace stepd {

/// Without recursion. Each pair of values takes one of budget.steps. If they are used up, the answer is false and
/// budget.reached is Limit::Steps; a caller checks that after its last comparison.
bool equal(const Value& a, const Value& b, Budget& budget);

/// Which of two numbers is larger: integers of any size exactly, others as doubles.
std::partial_ordering compare_numbers(const Value& a, const Value& b);

/// Equal values have equal hashes, within this process. Takes time proportional to value.text_bytes().
std::uint64_t canonical_hash(const Value& value);

}  // namespace stepd
