// A document path: where a value stands in an item, by names and indexes from the outside in.
#pragma once

#include "base/attribute/attribute.h"
#include "base/result.h"

#include <cstddef>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace stepd::dynamodb {

using PathStep = std::variant<std::string, std::size_t>;

/// The first step is a name. A name may hold anything.
using DocumentPath = std::vector<PathStep>;

/// DynamoDB's limit of nesting, which a path cannot exceed either.
inline constexpr std::size_t kPathStepsMax = 32;

/// Null if nothing is there.
const Attribute* find_at(const Item& item, const DocumentPath& path);

/// False if what the path leads through is not there or is of another type. An index beyond the end of a list appends.
bool put_at(Item& item, const DocumentPath& path, Attribute value);
/// False as put_at(); removing what is not there, out of something that is, is true.
bool erase_at(Item& item, const DocumentPath& path);

/// What the paths name, and nothing beside it; elements of lists close up in ascending order. No two paths overlap.
Item project(const Item& item, std::span<const DocumentPath> paths);

/// As messages show paths: `[a, b, [0]]`.
std::string show(const DocumentPath& path);

/// How two paths of one expression exclude each other, as AWS words it; empty: they do not.
std::string conflict_between(const DocumentPath& one, const DocumentPath& two);
/// The first such conflict, in the order of the paths.
std::string find_conflict(std::span<const DocumentPath> paths);

}  // namespace stepd::dynamodb
