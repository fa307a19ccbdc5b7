// How much of the thread's stack the library uses. What recurses here is bounded by counts first; this bounds it where
// a build has larger frames, as under the sanitizers.
#pragma once

#include <cstddef>

namespace stepd::jsonata {

class StackMark {
 public:
  StackMark() : begin_(static_cast<const char*>(__builtin_frame_address(0))) {}
  /// Whether more than 4 MiB have been used since.
  bool is_exceeded() const {
    const auto* const here = static_cast<const char*>(__builtin_frame_address(0));
    const std::ptrdiff_t used = begin_ - here;
    return used > kStackBytes || used < -kStackBytes;
  }

 private:
  static constexpr std::ptrdiff_t kStackBytes = std::ptrdiff_t{4} << 20;
  const char* begin_;
};

}  // namespace stepd::jsonata
