// The process that image workers are forked from, seen from the daemon: it is started as a program of its own, so that
// no worker inherits anything of the daemon's memory, and forks quickly, because libvips has been started in it once.
#pragma once

#include "base/mutex.h"
#include "tasks/workers/protocol.h"

#include <string>
#include <vector>

namespace stepd::tasks::workers {

/// Thread: any. It dies with its owner, and all workers with it.
class Zygote {
 public:
  /// `command` is a program and its arguments that come to run_image_workers(). Throws std::runtime_error,
  /// std::system_error.
  Zygote(const std::vector<std::string>& command, const Confinement& confinement);
  ~Zygote();
  Zygote(const Zygote&) = delete;
  Zygote& operator=(const Zygote&) = delete;

  const Fences& fences() const { return fences_; }
  pid_t pid() const { return pid_; }

  struct Worker {
    pid_t pid = 0;
    Descriptor socket;
  };
  /// Error: cause only.
  Result<Worker> fork_worker();
  /// Kills the worker, unless it is dead, and says how it ended; none if that is not to be learnt any more.
  std::optional<Ended> end_worker(pid_t pid);
  /// Whether it has stopped answering: then only another one helps.
  bool is_lost() const;

 private:
  void greet(const Confinement& confinement);
  /// Whether the order was carried out; the answer's text is in `message`.
  bool ask(const Order& order, std::span<const int> files, Message& message);
  void reap();

  mutable Mutex mutex_;
  pid_t pid_ = -1;
  Descriptor control_;
  Fences fences_;
  bool lost_ STEPD_GUARDED_BY(mutex_) = false;
};

}  // namespace stepd::tasks::workers
