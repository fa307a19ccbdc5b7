// Thumbnails: the interface that makes small copies of pictures for people to look at.
#pragma once

#include "base/objects.h"
#include "base/result.h"

#include <cstdint>
#include <functional>
#include <string>

namespace stepd {

struct Thumbnail {
  std::string bytes;  ///< an encoded picture
  std::string media_type;
  std::uint32_t source_width = 0;  ///< px, turned upright
  std::uint32_t source_height = 0;
  std::string source_format;  ///< jpeg, png, ...
};

struct ThumbnailRequest {
  ObjectRef object;
  std::string etag;           ///< of the object as it was listed; part of the name under which the result is kept
  std::uint32_t width = 320;  ///< px, of the square that the picture fits into
};

/// Thread: any.
class Thumbnails {
 public:
  virtual ~Thumbnails() = default;
  /// `done` is called once, perhaps on another thread and perhaps before this returns. Errors: those of the object
  /// store, `Image.*` of the decoder, and `Handler.Busy` if too many wait.
  virtual void find(ThumbnailRequest request, std::function<void(Result<Thumbnail>)> done) = 0;
};

}  // namespace stepd
