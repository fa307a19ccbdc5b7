// Finds the known word that a mistyped one probably means.
#pragma once

#include <span>
#include <string_view>

namespace stepd {

/// The word of `known` at the least distance from `word`; the first of several, empty if none is near. A letter
/// changed, added, lost, or swapped with its neighbour counts as one; case does not count. At most two changes, or a
/// third of the letters of `word`, are near. Reads the first 1,000 of `known`, and no word above 320 bytes.
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> known);

}  // namespace stepd
