// Output keys derived from an input key by a pattern such as `thumbs/{dir}{name}-{width}.{ext}`.
// It only builds names; whether a key is allowed is the object store's to say.
#pragma once

#include "base/result.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::tasks {

/// The parts that a pattern may name. For the input key `a/b/photo.v2.JPEG` written as WebP of 150 x 100:
/// `{key}` a/b/photo.v2.JPEG - `{dir}` a/b/ (empty without a slash) - `{file}` photo.v2.JPEG - `{name}` photo.v2
/// (no extension; a leading dot is part of the name) - `{sourceExt}` JPEG (as written, may be empty) - `{ext}` webp
/// (the output's canonical extension: jpg, png, webp) - `{format}` webp (jpeg, png, webp) - `{width}` 150 -
/// `{height}` 100 (of the output, in pixels).
struct KeyParts {
  std::string_view key;
  std::string_view ext;
  std::string_view format;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

/// A pattern that was checked. `{{` and `}}` stand for braces. As in a shell, `{sourceExt:-jpg}` is `jpg` where the
/// part is empty, and `{key/.jpeg/-small.jpeg}` is the part with its first `.jpeg` replaced.
class KeyTemplate {
 public:
  /// The error's name is empty, its cause says what is wrong.
  static Result<KeyTemplate> parse(std::string_view pattern);

  std::string fill(const KeyParts& parts) const;

 private:
  struct Piece {
    bool is_part = false;
    std::string text;      ///< the part's name, or literal text
    std::string if_empty;  ///< instead of an empty part
    std::string replaced;  ///< its first occurrence becomes `by`; empty: nothing is replaced
    std::string by;
  };
  static Result<Piece> read_part(std::string_view inside);

  std::vector<Piece> pieces_;
};

}  // namespace stepd::tasks
