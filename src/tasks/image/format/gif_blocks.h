// Walks over the blocks of a GIF. It decodes no pixel.
#pragma once

#include <cstddef>
#include <string_view>

namespace stepd::tasks::image {

struct GifBlocks {
  std::size_t frames = 0;  ///< that begin within the bytes
  bool loops = false;      ///< an application extension says how often
  bool ended = false;      ///< the trailer was met
  std::size_t end = 0;     ///< behind the trailer, or where the walk could go no further
};

GifBlocks walk_gif(std::string_view bytes);

}  // namespace stepd::tasks::image
