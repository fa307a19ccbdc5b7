// One piece of work on pictures as a value, so that it can be done in this process or in another one. It reads and
// writes no objects: that is the handler's part, before and after.
#pragma once

#include "base/payload.h"
#include "base/result.h"
#include "tasks/image/image_limits.h"

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::tasks::image {

/// All that the work needs, and nothing that reaches outside.
struct Job {
  std::string kind;                        ///< "resize", "metadata", ...: the list is in job.cpp
  Payload arguments;                       ///< the handler's own, checked; parsed again by who does the work
  ImageLimits limits;                      ///< enforced where the work is done
  std::vector<std::string_view> pictures;  ///< encoded: the source, then what lies over it; outlive the call
};

struct Work {
  Payload answer;
  std::vector<std::string> files;  ///< encoded results, in the order in which `answer` speaks of them
};

/// Where jobs are done. Thread: any; blocks. A failure is the task's: `Image.Corrupt`, `Handler.Cancelled`, ...
class Workplace {
 public:
  virtual ~Workplace() = default;
  virtual Result<Work> perform(const Job& job, const std::stop_token& stop) = 0;
};

/// Does the job on the calling thread. `Handler.Failed` for a kind that is not known.
Result<Work> perform(const Job& job, const std::stop_token& stop);

/// The workplace that calls perform().
Workplace& this_process();

}  // namespace stepd::tasks::image
