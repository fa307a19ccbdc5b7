// Suggests the known name that a mistyped name may have meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace stepd::asl {

/// "did you mean 'Label'?" for the candidate with the fewest changed, added, lost or swapped letters, ignoring case.
/// Empty if more than a third of the letters would have to change. Only names of about the same length are compared if
/// the list is long.
std::string did_you_mean(std::string_view name, std::span<const std::string_view> candidates);

}  // namespace stepd::asl
