#include "tasks/pool.h"

#include "base/mutex.h"

#include <pthread.h>

#include <algorithm>
#include <array>
#include <exception>
#include <list>
#include <nlohmann/json.hpp>
#include <optional>
#include <stop_token>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace stepd::tasks {
namespace {

AslError cancelled() { return {"Handler.Cancelled", "The task was cancelled."}; }

AslError busy(std::size_t waiting_max) {
  return {"Handler.Busy", std::to_string(waiting_max) + " tasks are waiting for a handler already."};
}

Result<Json> invoke(const HandlerPool::Call& call, std::stop_token stop) {
  try {
    const Json event = call.event.json();
    return call.handler.invoke({event, call.attempt, std::move(stop), call.lineage});
  } catch (const std::exception& error) {
    return AslError{"Handler.Failed", std::string("The handler threw: ") + error.what()};
  } catch (...) {
    return AslError{"Handler.Failed", "The handler threw something that is no exception."};
  }
}

/// The queue of one lane. Its threads are the room's.
struct LaneQueue {
  struct Waiting {
    HandlerPool::Call call;
    SteadyInstant since;
  };
  using Calls = std::list<Waiting>;

  TaskLane lane = TaskLane::Quick;
  LaneSize size;
  Calls calls;
  std::size_t running = 0;
  ConditionVariable work_came;
};

}  // namespace

struct HandlerPool::Room {
  using Calls = LaneQueue::Calls;
  struct Place {
    LaneQueue* queue;
    Calls::iterator call;
  };
  struct Running {
    std::string attempt;
    std::stop_source stop;
    bool cancelled = false;  ///< nobody wants its result any more
  };

  Room(const Clock& given, const LaneSizes& sizes);
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;
  /// The threads end and are waited for, `threads` being the last member.
  ~Room();

  const Clock& clock;
  mutable Mutex mutex;
  ConditionVariable work_ended;
  std::array<LaneQueue, kLanes.size()> queues;  // by TaskLane; their calls are guarded by the mutex
  // Into `queues`, by attempt.
  std::unordered_multimap<std::string_view, Place> waiting STEPD_GUARDED_BY(mutex);
  std::list<Running> running STEPD_GUARDED_BY(mutex);  // of all lanes
  bool draining STEPD_GUARDED_BY(mutex) = false;
  bool closed STEPD_GUARDED_BY(mutex) = false;
  std::vector<std::jthread> threads;

  LaneQueue& queue_of(const Handler& handler) { return queues[static_cast<std::size_t>(handler.lane())]; }
  /// Whether a call that comes now waits for another one's end.
  bool must_wait(const LaneQueue& queue) const;
  void work(LaneQueue& queue);
  /// Out of the queue, into the answer.
  Calls take(Place place) STEPD_REQUIRES(mutex);
};

HandlerPool::Room::Room(const Clock& given, const LaneSizes& sizes) : clock(given) {
  for (const TaskLane lane : kLanes) {
    auto& queue = queues[static_cast<std::size_t>(lane)];
    queue.lane = lane;
    queue.size = sizes.of(lane);
    queue.size.slots = std::max(queue.size.slots, 1u);
  }
}

HandlerPool::Room::~Room() {
  {
    const MutexLock lock(mutex);
    closed = true;
  }
  for (auto& queue : queues) queue.work_came.notify_all();
}

HandlerPool::Room::Calls HandlerPool::Room::take(Place place) {
  const auto [begin, end] = waiting.equal_range(place.call->call.attempt);
  waiting.erase(std::find_if(begin, end, [&](const auto& entry) { return entry.second.call == place.call; }));
  Calls taken;
  taken.splice(taken.end(), place.queue->calls, place.call);
  return taken;
}

bool HandlerPool::Room::must_wait(const LaneQueue& queue) const {
  const MutexLock lock(mutex);
  return queue.running + queue.calls.size() >= queue.size.slots;
}

void HandlerPool::Room::work(LaneQueue& queue) {
  MutexLock lock(mutex);
  for (;;) {
    queue.work_came.wait(lock, [&]() STEPD_REQUIRES(mutex) { return closed || !queue.calls.empty(); });
    if (queue.calls.empty()) return;
    Calls taken = take({&queue, queue.calls.begin()});
    const Call& call = taken.front().call;
    const auto self = running.insert(running.end(), {call.attempt, {}, false});
    ++queue.running;
    lock.unlock();
    if (call.on_started) call.on_started();
    auto result = invoke(call, self->stop.get_token());
    lock.lock();
    const bool dropped = self->cancelled;
    lock.unlock();
    call.on_done(dropped ? cancelled() : std::move(result));
    taken.clear();
    lock.lock();
    // Only now, so that a drained pool owes no answer.
    running.erase(self);
    --queue.running;
    work_ended.notify_all();
  }
}

HandlerPool::HandlerPool(const Clock& clock, const LaneSizes& sizes) : room_(std::make_unique<Room>(clock, sizes)) {
  for (auto& queue : room_->queues) {
    for (unsigned i = 0; i < queue.size.slots; ++i) {
      auto& thread = room_->threads.emplace_back([room = room_.get(), &queue] { room->work(queue); });
      pthread_setname_np(thread.native_handle(), (std::string(name_of(queue.lane)) + "-" + std::to_string(i)).c_str());
    }
  }
}

HandlerPool::~HandlerPool() { drain(std::chrono::milliseconds(0)); }

void HandlerPool::submit(Call call) {
  if (call.handler.only_computes()) {
    if (call.on_started) call.on_started();
    return call.on_done(invoke(call, {}));
  }
  std::optional<AslError> refusal;
  auto& queue = room_->queue_of(call.handler);
  if (room_->must_wait(queue)) call.event.drop_tree();
  const auto now = room_->clock.steady();
  {
    const MutexLock lock(room_->mutex);
    if (room_->draining) {
      refusal = cancelled();
    } else if (queue.calls.size() >= queue.size.waiting_max) {
      refusal = busy(queue.size.waiting_max);
    } else {
      const auto at = queue.calls.insert(queue.calls.end(), {std::move(call), now});
      room_->waiting.emplace(at->call.attempt, Room::Place{&queue, at});
    }
  }
  if (refusal) {
    call.on_done(*std::move(refusal));
  } else {
    queue.work_came.notify_one();
  }
}

void HandlerPool::cancel(const std::string& attempt) {
  Room::Calls dropped;
  std::vector<std::stop_source> stops;
  {
    const MutexLock lock(room_->mutex);
    for (auto at = room_->waiting.find(attempt); at != room_->waiting.end(); at = room_->waiting.find(attempt)) {
      dropped.splice(dropped.end(), room_->take(at->second));
    }
    for (auto& each : room_->running) {
      if (each.attempt != attempt) continue;
      each.cancelled = true;
      stops.push_back(each.stop);
    }
  }
  // Outside the lock: both run code of others.
  for (auto& stop : stops) stop.request_stop();
  for (const auto& each : dropped) each.call.on_done(cancelled());
}

bool HandlerPool::drain(std::chrono::milliseconds grace) {
  Room::Calls dropped;
  {
    const MutexLock lock(room_->mutex);
    room_->draining = true;
    room_->waiting.clear();
    for (auto& queue : room_->queues) dropped.splice(dropped.end(), queue.calls);
  }
  for (const auto& each : dropped) each.call.on_done(cancelled());

  std::vector<std::stop_source> stops;
  const auto idle = [&]() STEPD_REQUIRES(room_->mutex) { return room_->running.empty(); };
  {
    MutexLock lock(room_->mutex);
    if (room_->work_ended.wait_for(lock, grace, idle)) return true;
    for (const auto& each : room_->running) stops.push_back(each.stop);
  }
  for (auto& stop : stops) stop.request_stop();
  MutexLock lock(room_->mutex);
  return room_->work_ended.wait_for(lock, grace, idle);
}

std::vector<LaneDepth> HandlerPool::depths() const {
  const auto now = room_->clock.steady();
  std::vector<LaneDepth> depths;
  const MutexLock lock(room_->mutex);
  for (const auto& queue : room_->queues) {
    auto& depth = depths.emplace_back();
    depth.lane = name_of(queue.lane);
    depth.slots = queue.size.slots;
    depth.running = queue.running;
    depth.waiting = queue.calls.size();
    depth.waiting_max = queue.size.waiting_max;
    // A call may have come since `now`.
    if (!queue.calls.empty()) depth.oldest_wait = std::max(now - queue.calls.front().since, SteadyInstant::duration{0});
  }
  return depths;
}

}  // namespace stepd::tasks
