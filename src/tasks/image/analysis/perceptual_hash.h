// Perceptual hashes: numbers of 64 bits that hardly differ for pictures that look alike. How many differing bits mean
// another picture is for whoever compares them.
#pragma once

#include <string>
#include <string_view>

namespace stepd::tasks::image {

inline constexpr unsigned kPHashSide = 32;
inline constexpr unsigned kDHashWidth = 9;
inline constexpr unsigned kDHashHeight = 8;

/// 16 hexadecimal digits of 32 x 32 grey samples: which of the 8 x 8 lowest cosines are above their median, bits in the
/// order of rows, as Python's ImageHash has them.
std::string make_phash(std::string_view grey);

/// 16 hexadecimal digits of 9 x 8 grey samples: which pixels are darker than their right neighbours.
std::string make_dhash(std::string_view grey);

}  // namespace stepd::tasks::image
