// Copies of a value with one place replaced or added. Parts that do not change are shared with the original.
#pragma once

#include "base/result.h"
#include "base/value/builder.h"
#include "base/value/value.h"

#include <cstddef>
#include <span>
#include <variant>

namespace stepd {

/// A member by its name, or an item by its index.
using EditStep = std::variant<Key, std::size_t>;

/// `root` with `value` at the place that `path` names, as ResultPath does it (ASL §Using Paths). A member that is
/// absent or null on the path becomes an object; a new member is added last. The empty path gives `value`.
///
/// The error has no name. If budget.reached is None, the place cannot be made: a name is applied to a value that is not
/// an object, or an index to one that is not an array or is too short. Limits are checked before memory is allocated.
Result<Value> with(const Value& root, std::span<const EditStep> path, Value value, Budget& budget);

/// The object with one member replaced, at its place, or added, as the last. `object` must be one.
Result<Value> with_member(const Value& object, const Key& key, Value value, Budget& budget);

}  // namespace stepd
