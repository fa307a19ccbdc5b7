// Activities: created and deleted in the store, and the desk at which their tasks meet the workers that wait for them.
// What a worker does with its task is not known here.
#pragma once

#include "base/clock.h"
#include "engine/core/decide.h"
#include "engine/run/gateway.h"
#include "engine/run/loop.h"
#include "engine/run/task_call.h"
#include "storage/store.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace stepd::run {

/// Tasks that wait for workers and workers that wait for tasks, first come first served on both sides. In memory alone:
/// which tasks wait is a view of what executions await. Thread: any; the work is done on the loop.
class ActivityDesk {
 public:
  /// `exists` is asked on the loop and may throw StoreError.
  ActivityDesk(Loop& loop, const Clock& clock, std::function<bool(const std::string& arn)> exists);

  /// Keeps a task for the next worker; it is done with an error if its activity does not exist.
  void offer(TaskCall call);
  /// Nobody awaits the task any more.
  void withdraw(const std::string& attempt);
  /// Gateway::poll_activity, of an activity that exists.
  std::function<void()> poll(PollActivity request, Reply<ActivityTask> reply);
  /// Every worker that waits gets no task, and so does who comes from now on.
  void close();

 private:
  struct Poller {
    std::uint64_t id = 0;
    std::string worker;
    Reply<ActivityTask> reply;
    Instant until;
    TimerId timer{};
  };
  /// An activity's queues; one of them at least is empty unless the store is unavailable.
  struct Line {
    std::list<TaskCall> tasks;
    std::list<Poller> pollers;
  };
  using Lines = std::map<std::string, Line>;
  struct Match;

  void enqueue(TaskCall call, bool first);
  void enqueue(const std::string& arn, Poller poller, bool first);
  void leave(std::uint64_t poller);
  void match(const std::string& arn);
  void serve(TaskCall call, Poller poller);
  void served(const std::shared_ptr<Match>& match, const Handover& handover);
  void lose(const TaskCall& call);

  Loop& loop_;
  const Clock& clock_;
  const std::function<bool(const std::string& arn)> exists_;
  std::atomic<std::uint64_t> last_poller_{0};

  // The loop's.
  Lines lines_;
  std::unordered_map<std::string, std::list<TaskCall>::iterator> waiting_;  // by attempt
  std::unordered_set<std::string> handed_;  // attempts that a worker has or is getting, until they are withdrawn
  std::unordered_map<std::uint64_t, std::pair<Lines::iterator, std::list<Poller>::iterator>> pollers_;
  bool closed_ = false;
};

/// What the API reference says of creating and deleting activities. Thread: any.
class Activities : public core::ActivityDirectory {
 public:
  Activities(std::string region, std::string account, storage::Store& store, const Clock& clock)
      : region_(std::move(region)), account_(std::move(account)), store_(store), clock_(clock) {}

  void create(CreateActivity request, Reply<CreatedActivity> reply);
  void remove(std::string arn, Reply<std::monostate> reply);
  /// Reads one row. While the store cannot be read every activity exists; the desk asks again.
  bool has_activity(const std::string& arn) const override;

 private:
  const std::string region_;
  const std::string account_;
  storage::Store& store_;
  const Clock& clock_;
};

}  // namespace stepd::run
