// Serialises the writes to one key, so that a condition of a write still holds when the write takes effect. Writes of
// other processes to a bucket's directory are not covered.
#pragma once

#include "base/mutex.h"
#include "base/objects.h"

#include <array>
#include <cstddef>
#include <functional>
#include <string>

namespace stepd::storage::local {

/// Thread: any.
class KeyLocks {
 public:
  /// Held while the present object is looked at and the new one takes its name, which is short: bytes are written and
  /// synced before. Several keys may share a lock.
  Mutex& of(const ObjectRef& ref) {
    const auto hash = std::hash<std::string>{}(ref.bucket) * 31 + std::hash<std::string>{}(ref.key);
    return locks_[hash % locks_.size()];
  }

 private:
  std::array<Mutex, 64> locks_;
};

}  // namespace stepd::storage::local
