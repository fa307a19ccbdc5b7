#include "engine/run/loop.h"

#include <pthread.h>

#include <spdlog/spdlog.h>
#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <thread>
#include <unordered_map>
#include <utility>

namespace stepd::run {
namespace {

/// The clock on the wall may be set while a timer waits on the steady one: look again at least this often.
constexpr std::chrono::seconds kLongestNap{1};

}  // namespace

namespace {

/// No job ends the thread: what it leaves undone is its own.
void run_guarded(const std::string& loop, const std::function<void()>& job) {
  try {
    job();
  } catch (const std::exception& error) {
    spdlog::error("a job of the loop {} failed: {}", loop, error.what());
  } catch (...) {
    spdlog::error("a job of the loop {} failed by an exception of an unknown type", loop);
  }
}

}  // namespace

struct Loop::Room {
  Room(std::string loop_name, const Clock& a_clock) : name(std::move(loop_name)), clock(a_clock) {}

  using Place = std::pair<Instant, TimerId>;

  std::string name;
  const Clock& clock;
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard{context.get_executor()};
  boost::asio::steady_timer alarm{context};
  std::optional<Instant> alarm_due;
  std::map<Place, std::function<void()>> timers;
  std::unordered_map<std::uint64_t, Instant> due_of;
  std::uint64_t last_timer = 0;
  bool threaded = false;  // set before the thread begins
  std::thread thread;

  void run_due();
  void set_alarm();
};

void Loop::Room::run_due() {
  const auto now = clock.now();
  while (!timers.empty() && timers.begin()->first.first <= now) {
    auto first = timers.extract(timers.begin());
    due_of.erase(static_cast<std::uint64_t>(first.key().second));
    run_guarded(name, first.mapped());
  }
}

void Loop::Room::set_alarm() {
  if (timers.empty()) return;
  const auto due = timers.begin()->first.first;
  if (alarm_due && *alarm_due <= due) return;
  alarm_due = due;
  const auto nap = std::clamp<std::chrono::milliseconds>(due - clock.now(), std::chrono::milliseconds(0), kLongestNap);
  alarm.expires_after(nap);
  alarm.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    alarm_due.reset();
    run_due();
    set_alarm();
  });
}

Loop::Loop(std::string name, const Clock& clock) : room_(std::make_unique<Room>(std::move(name), clock)) {}

Loop::~Loop() { stop(); }

void Loop::post(std::function<void()> job) {
  boost::asio::post(room_->context, [room = room_.get(), job = std::move(job)] { run_guarded(room->name, job); });
}

TimerId Loop::call_at(Instant due, std::function<void()> job) {
  const TimerId id{++room_->last_timer};
  room_->timers.emplace(Room::Place(due, id), std::move(job));
  room_->due_of.emplace(static_cast<std::uint64_t>(id), due);
  if (room_->threaded) room_->set_alarm();
  return id;
}

void Loop::cancel(TimerId timer) {
  const auto found = room_->due_of.find(static_cast<std::uint64_t>(timer));
  if (found == room_->due_of.end()) return;
  room_->timers.erase({found->second, timer});
  room_->due_of.erase(found);
}

void Loop::start() {
  room_->threaded = true;
  room_->thread = std::thread([room = room_.get()] {
    boost::asio::post(room->context, [room] { room->set_alarm(); });
    room->context.run();
  });
  pthread_setname_np(room_->thread.native_handle(), room_->name.c_str());
}

void Loop::stop() {
  room_->context.stop();
  if (room_->thread.joinable()) room_->thread.join();
}

void Loop::run_ready() {
  do {
    room_->run_due();
  } while (room_->context.poll_one() > 0 || (next_due() && *next_due() <= room_->clock.now()));
}

std::optional<Instant> Loop::next_due() const {
  if (room_->timers.empty()) return std::nullopt;
  return room_->timers.begin()->first.first;
}

}  // namespace stepd::run
