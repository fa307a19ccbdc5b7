// Values with something put into them: what lies beside the way there is shared, not copied.
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

/// `root` with `value` at the place that `path` names, as ResultPath wants it (ASL §Using Paths): a member that is
/// absent or null on the way becomes an object, a new member comes last. The empty path gives `value`.
///
/// The error has no name. Where budget.reached is None the place does not exist: a step by name leads into what is
/// no object, or an index into what is no array or beyond its end. Nothing is allocated before all limits are checked.
Result<Value> with(const Value& root, std::span<const EditStep> path, Value value, Budget& budget);

/// The object with one member replaced, at its place, or added, as the last. `object` must be one.
Result<Value> with_member(const Value& object, const Key& key, Value value, Budget& budget);

}  // namespace stepd
