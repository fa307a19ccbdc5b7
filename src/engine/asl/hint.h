// The hint of a diagnostic about an unknown word.
#pragma once

#include "base/nearest_word.h"

#include <string>

namespace stepd::asl {

/// "did you mean 'Label'?", with the nearest of `known`; empty if none is near.
inline std::string did_you_mean(std::string_view word, std::span<const std::string_view> known) {
  const auto near = nearest_word(word, known);
  return near.empty() ? "" : "did you mean '" + std::string(near) + "'?";
}

}  // namespace stepd::asl
