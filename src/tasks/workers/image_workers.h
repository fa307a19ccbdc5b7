// A workplace whose jobs are done in sandboxed processes: what a picture does to its decoder costs that process and
// nothing else. What the sandbox is made of is sandbox.h, what the work is image/job.h.
#pragma once

#include "tasks/image/job.h"
#include "tasks/workers/sandbox.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace stepd::tasks::workers {

struct WorkerOptions {
  unsigned count = 0;                         ///< processes at once; 0: one per processor
  std::uint32_t jobs = 500;                   ///< after so many a worker is replaced
  std::uint64_t memory = 1ull << 30;          ///< bytes that a worker may take beyond what it begins with
  std::uint64_t keep = 384ull * 1024 * 1024;  ///< a worker that held more than so many bytes is replaced after the job
  std::uint64_t result = 256ull * 1024 * 1024;  ///< bytes of one result
  std::chrono::milliseconds time{10'000};       ///< of one job, by the clock on the wall
  /// A program that calls run_image_workers(), and its arguments.
  std::vector<std::string> command{"/proc/self/exe", "image-worker"};
};

/// How workers have fared since the start.
struct Tally {
  std::uint64_t started = 0;
  std::uint64_t replaced = 0;  ///< because they had done enough
  std::uint64_t died = 0;      ///< by themselves: crashed, forbidden system calls, killed from outside
  std::uint64_t stopped = 0;   ///< because their job took too long or was no longer wanted
  std::size_t alive = 0;
};

/// Beside those of the work itself, jobs fail by `Image.DecoderCrashed`, `Image.TooMuchMemory` and `Image.Timeout`,
/// each with setting, limit and what was found, and by `Image.NoWorker` where no process can be had. A stop kills the
/// worker and answers `Handler.Cancelled`. All processes end with this object, or when its own process does, however
/// that ends.
class ImageWorkers final : public image::Workplace {
 public:
  explicit ImageWorkers(WorkerOptions options);
  ~ImageWorkers() override;

  /// Starts what the first job would start, logs and returns how workers are confined. Throws std::runtime_error.
  Fences prepare();
  Result<image::Work> perform(const image::Job& job, const std::stop_token& stop) override;

  Tally tally() const;
  /// Those that are alive. For tests, which send them signals.
  std::vector<int> process_ids() const;

 private:
  class Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace stepd::tasks::workers
