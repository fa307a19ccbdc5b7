// Shows how far an import is: one line that is drawn again on a terminal, a line now and then elsewhere. It counts
// nothing. (Debian 12 packages no progress bar for C++; this much is quicker written than bundled.)
#pragma once

#include <chrono>
#include <cstddef>
#include <iosfwd>
#include <string>

namespace stepd::daemon {

struct Counts {
  std::size_t total = 0;
  std::size_t skipped = 0;  ///< done by an earlier run
  std::size_t done = 0;
  std::size_t failed = 0;
  std::size_t placed = 0;  ///< in the bucket, and not yet done or failed

  std::size_t finished() const { return skipped + done + failed; }
};

/// `[#####.....] 620/1234  500 done  3 failed  45.2/s  14s left`; without `width` columns for a bar none is drawn.
std::string progress_text(const Counts& counts, std::chrono::milliseconds elapsed, std::size_t bar_columns);

/// Thread: one.
class Progress {
 public:
  Progress(std::ostream& out, bool terminal) : out_(out), terminal_(terminal) {}

  /// At most ten times a second on a terminal, every five seconds elsewhere.
  void show(const Counts& counts);
  /// The last state, and a line of its own for what follows.
  void close(const Counts& counts);

 private:
  void draw(const Counts& counts);

  std::ostream& out_;
  const bool terminal_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point next_ = began_;
};

}  // namespace stepd::daemon
