// Names that never become objects of an inbox: of hidden files, of uploads that are not finished, of notes that systems
// and editors leave beside files, and those that the configuration names. Pure: looks at names alone.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace stepd::triggers {

/// Whether a part of the key says by its name that it is hidden or unfinished, or is such a note. Case does not matter.
/// A folder's key ends in `/`. A folder of such a name is left alone with all that is in it.
bool is_ignored(std::string_view key);

/// Endings by which other programs mark a file that lies beside the one that they write, with the same name before it:
/// `photo.jpg.aria2` means that `photo.jpg` is not whole. Those of Firefox and others mean it of an empty file only,
/// since a file that was left over from an earlier attempt must not keep a whole one waiting for ever.
enum class Beside : std::uint8_t { WholeFile, EmptyFile };
const std::vector<std::string_view>& unfinished_endings(Beside beside);

/// Patterns of the configuration, as of the shell: `*`, `?`, `[...]`; case does not matter. One without `/` is compared
/// with each part of a key, others with the whole key or with the path of a folder that it lies in; `*` reaches over
/// `/`. Immutable, any thread.
class IgnorePatterns {
 public:
  static constexpr std::size_t kPatternsMax = 100;
  static constexpr std::size_t kPatternBytesMax = 255;

  IgnorePatterns() = default;
  explicit IgnorePatterns(std::vector<std::string> patterns) : patterns_(std::move(patterns)) {}

  /// Why the text is no pattern.
  static Result<void> check(std::string_view pattern);
  bool covers(std::string_view key) const;

 private:
  std::vector<std::string> patterns_;
};

}  // namespace stepd::triggers
