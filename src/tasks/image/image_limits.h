// What a picture may cost before it is refused. Plain numbers; who enforces them is said where they are used.
#pragma once

#include <cstdint>

namespace stepd::tasks {

struct ImageLimits {
  std::uint64_t max_pixels = 50'000'000;          ///< width x height of a source from its header, all frames together
  std::uint32_t max_side = 16'383;                ///< px, of source and result
  std::uint64_t max_bytes = 64ull * 1024 * 1024;  ///< of a source
  std::uint32_t max_frames = 256;                 ///< of an animation, where it is asked to stay one
  std::uint32_t max_bands = 5;                    ///< channels of a source: CMYK and alpha
  std::uint32_t max_outputs = 32;                 ///< of one image.resize
};

}  // namespace stepd::tasks
