#include "tasks/pool.h"

#include <pthread.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <list>
#include <mutex>
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

AslError busy(std::size_t limit) {
  return {"Handler.Busy", std::to_string(limit) + " tasks are waiting for a handler already."};
}

Result<Json> invoke(const HandlerPool::Call& call, std::stop_token stop) {
  try {
    const Json event = call.event.json();
    return call.handler.invoke({event, call.attempt, std::move(stop)});
  } catch (const std::exception& error) {
    return AslError{"Handler.Failed", std::string("The handler threw: ") + error.what()};
  } catch (...) {
    return AslError{"Handler.Failed", "The handler threw something that is no exception."};
  }
}

}  // namespace

struct HandlerPool::Room {
  using Calls = std::list<Call>;
  struct Running {
    std::string attempt;
    std::stop_source stop;
    bool cancelled = false;  ///< nobody wants its result any more
  };

  Room() = default;
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;
  /// The threads end and are waited for, `threads` being the last member.
  ~Room();

  mutable std::mutex mutex;
  std::condition_variable work_came;
  std::condition_variable work_ended;
  Calls queue;
  std::unordered_multimap<std::string_view, Calls::iterator> waiting;  // into `queue`, by attempt
  std::list<Running> running;
  std::size_t queue_limit = 0;
  bool draining = false;
  bool closed = false;
  std::vector<std::jthread> threads;

  void work();
  /// Out of the queue, into the answer. Under the mutex.
  Calls take(Calls::iterator call);
};

HandlerPool::Room::~Room() {
  {
    const std::lock_guard lock(mutex);
    closed = true;
  }
  work_came.notify_all();
}

HandlerPool::Room::Calls HandlerPool::Room::take(Calls::iterator call) {
  const auto [begin, end] = waiting.equal_range(call->attempt);
  waiting.erase(std::find_if(begin, end, [&](const auto& entry) { return entry.second == call; }));
  Calls taken;
  taken.splice(taken.end(), queue, call);
  return taken;
}

void HandlerPool::Room::work() {
  std::unique_lock lock(mutex);
  for (;;) {
    work_came.wait(lock, [&] { return closed || !queue.empty(); });
    if (queue.empty()) return;
    Calls taken = take(queue.begin());
    const auto self = running.insert(running.end(), {taken.front().attempt, {}, false});
    lock.unlock();
    const Call& call = taken.front();
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
    work_ended.notify_all();
  }
}

HandlerPool::HandlerPool(unsigned threads, std::size_t queue_limit) : room_(std::make_unique<Room>()) {
  room_->queue_limit = queue_limit;
  for (unsigned i = 0; i < std::max(threads, 1u); ++i) {
    auto& thread = room_->threads.emplace_back([room = room_.get()] { room->work(); });
    pthread_setname_np(thread.native_handle(), ("handler-" + std::to_string(i)).c_str());
  }
}

HandlerPool::~HandlerPool() { drain(std::chrono::milliseconds(0)); }

void HandlerPool::submit(Call call) {
  std::optional<AslError> refusal;
  {
    const std::lock_guard lock(room_->mutex);
    if (room_->draining) {
      refusal = cancelled();
    } else if (room_->queue.size() >= room_->queue_limit) {
      refusal = busy(room_->queue_limit);
    } else {
      const auto at = room_->queue.insert(room_->queue.end(), std::move(call));
      room_->waiting.emplace(at->attempt, at);
    }
  }
  if (refusal) {
    call.on_done(*std::move(refusal));
  } else {
    room_->work_came.notify_one();
  }
}

void HandlerPool::cancel(const std::string& attempt) {
  Room::Calls dropped;
  std::vector<std::stop_source> stops;
  {
    const std::lock_guard lock(room_->mutex);
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
  for (const auto& call : dropped) call.on_done(cancelled());
}

bool HandlerPool::drain(std::chrono::milliseconds grace) {
  Room::Calls dropped;
  {
    const std::lock_guard lock(room_->mutex);
    room_->draining = true;
    dropped.swap(room_->queue);
    room_->waiting.clear();
  }
  for (const auto& call : dropped) call.on_done(cancelled());

  std::vector<std::stop_source> stops;
  const auto idle = [&] { return room_->running.empty(); };
  {
    std::unique_lock lock(room_->mutex);
    if (room_->work_ended.wait_for(lock, grace, idle)) return true;
    for (const auto& each : room_->running) stops.push_back(each.stop);
  }
  for (auto& stop : stops) stop.request_stop();
  std::unique_lock lock(room_->mutex);
  return room_->work_ended.wait_for(lock, grace, idle);
}

std::size_t HandlerPool::queued() const {
  const std::lock_guard lock(room_->mutex);
  return room_->queue.size();
}

std::size_t HandlerPool::running() const {
  const std::lock_guard lock(room_->mutex);
  return room_->running.size();
}

}  // namespace stepd::tasks
