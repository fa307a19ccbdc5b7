// The thin part: turns inotify's events on a directory tree into changes of keys. It misses what happens before a
// directory is watched and says when the kernel dropped events; scanning is up to its owner.
#pragma once

#include "base/descriptor.h"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace stepd::triggers {

struct Change {
  enum class Kind : std::uint8_t {
    Touched,       ///< a file was made, linked in, or closed after writing
    RenamedIn,     ///< a file came by rename(2)
    Gone,          ///< a file was deleted or renamed away
    DirectoryIn,   ///< a directory was made or moved in: nothing beneath it is watched yet
    DirectoryOut,  ///< a directory was moved away: nothing beneath it is watched any more
    RootGone,      ///< the root was deleted, moved or unmounted
    Overflow,      ///< the kernel dropped events
  };
  Kind kind;
  std::string key;  ///< of a directory: with `/` at its end
};

/// Thread: one.
class TreeWatch {
 public:
  /// Where the system has no inotify instance left, fd() is -1 and nothing ever changes.
  TreeWatch();

  int fd() const { return inotify_.get(); }
  /// Watches an open directory, by descriptor, so that no name can be swapped meanwhile. False: not watched.
  bool add(int directory, const std::string& prefix);
  /// Everything that happened since the last call; never blocks.
  std::vector<Change> read();

 private:
  void translate(std::uint32_t mask, int watch, const std::string& name, std::vector<Change>& changes);
  void forget_beneath(const std::string& prefix);

  Descriptor inotify_;
  std::unordered_map<int, std::string> prefixes_;
};

}  // namespace stepd::triggers
