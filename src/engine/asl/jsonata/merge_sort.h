// The merge sort of jsonata-js: stable, and it asks the comparator for the same pairs in the same order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace stepd::jsonata {

/// Whether the second of two items has to come before the first.
using SwapsFunction = std::function<bool(std::uint32_t, std::uint32_t)>;

/// The order of `size` items, by their numbers.
std::vector<std::uint32_t> merge_sorted(std::size_t size, const SwapsFunction& swaps);

}  // namespace stepd::jsonata
