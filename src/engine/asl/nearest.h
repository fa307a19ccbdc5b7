// Which of the known names a mistyped one may have meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace stepd::asl {

/// "did you mean 'Label'?" of the candidate that takes the fewest changed, added, lost or swapped letters, case aside;
/// empty where more than a third of the letters would have to change. Of a long list only the names of about the same
/// length are looked at.
std::string did_you_mean(std::string_view name, std::span<const std::string_view> candidates);

}  // namespace stepd::asl
