#include "engine/run/loop.h"

#include "base/guarded.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

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

/// The date may be set while a timer waits for it: look again at least this often.
constexpr std::chrono::seconds kLongestNap{1};

/// Timers of one clock.
template <class Time>
class TimerQueue {
 public:
  /// `date`: when the timer is due by the system's clock, as that was when it was armed.
  void add(TimerId id, Time due, Instant date, std::function<void()> job) {
    timers_.emplace(std::pair(due, id), Timer{date, std::move(job)});
    due_of_.emplace(id, due);
  }
  void cancel(TimerId id) {
    const auto found = due_of_.find(id);
    if (found == due_of_.end()) return;
    timers_.erase({found->second, id});
    due_of_.erase(found);
  }
  std::optional<Time> next() const {
    return timers_.empty() ? std::nullopt : std::optional(timers_.begin()->first.first);
  }
  /// Of the timer that is due next; there is one.
  Instant next_date() const { return timers_.begin()->second.date; }
  std::function<void()> take_next() {
    auto first = timers_.extract(timers_.begin());
    due_of_.erase(first.key().second);
    return std::move(first.mapped().job);
  }

 private:
  struct Timer {
    Instant date;
    std::function<void()> job;
  };
  std::map<std::pair<Time, TimerId>, Timer> timers_;
  std::unordered_map<TimerId, Time> due_of_;
};

}  // namespace

struct Loop::Room {
  Room(std::string loop_name, const Clock& a_clock) : name(std::move(loop_name)), clock(a_clock) {}

  std::string name;
  const Clock& clock;
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard{context.get_executor()};
  boost::asio::steady_timer alarm{context};
  std::optional<SteadyInstant> alarm_at;
  TimerQueue<SteadyInstant> steady;
  TimerQueue<Instant> dated;
  std::uint64_t last_timer = 0;
  bool threaded = false;  // set before the thread begins
  std::thread thread;

  /// Until the next timer is due; not positive if it is. `is_dated` tells whether it waits for a date.
  std::optional<std::chrono::milliseconds> next_wait(bool& is_dated) const;
  /// The first timer that is due. False: none is.
  bool run_timer();
  void run_due();
  void set_alarm();
};

std::optional<std::chrono::milliseconds> Loop::Room::next_wait(bool& is_dated) const {
  const auto by_steady = steady.next();
  const auto by_date = dated.next();
  if (!by_steady && !by_date) return std::nullopt;
  auto passes = by_steady ? *by_steady - clock.steady() : std::chrono::milliseconds::max();
  // Both clocks are read in whole milliseconds, so the steady one may seem to be ahead by less than one. The timer
  // waits for it, lest it go off before its date.
  constexpr std::chrono::milliseconds kOne{1};
  if (passes.count() == 0 && steady.next_date() - clock.now() == kOne) passes = kOne;
  const auto comes = by_date ? *by_date - clock.now() : std::chrono::milliseconds::max();
  is_dated = comes < passes;
  return std::min(passes, comes);
}

bool Loop::Room::run_timer() {
  bool is_dated = false;
  const auto wait = next_wait(is_dated);
  if (!wait || wait->count() > 0) return false;
  run_guarded(name, is_dated ? dated.take_next() : steady.take_next());
  return true;
}

void Loop::Room::run_due() {
  while (run_timer()) {
  }
}

void Loop::Room::set_alarm() {
  bool is_dated = false;
  auto wait = next_wait(is_dated);
  if (!wait) return;
  if (dated.next()) wait = std::min<std::chrono::milliseconds>(*wait, kLongestNap);
  const auto at = clock.steady() + *wait;
  if (alarm_at && *alarm_at <= at) return;
  alarm_at = at;
  alarm.expires_after(std::max(*wait, std::chrono::milliseconds(0)));
  alarm.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    alarm_at.reset();
    run_due();
    set_alarm();
  });
}

Loop::Loop(std::string name, const Clock& clock) : room_(std::make_unique<Room>(std::move(name), clock)) {}

Loop::~Loop() { stop(); }

void Loop::post(std::function<void()> job) {
  boost::asio::post(room_->context, [room = room_.get(), job = std::move(job)] { run_guarded(room->name, job); });
}

TimerId Loop::call_at(Instant due, std::function<void()> job, TimerClock which,
                      const std::optional<ClockReading>& as_of) {
  const TimerId id{++room_->last_timer};
  if (which == TimerClock::Date)
    room_->dated.add(id, due, due, std::move(job));
  else
    room_->steady.add(id, as_of.value_or(ClockReading(room_->clock)).steady_at(due), due, std::move(job));
  if (room_->threaded) room_->set_alarm();
  return id;
}

void Loop::cancel(TimerId timer) {
  room_->steady.cancel(timer);
  room_->dated.cancel(timer);
}

void Loop::start(int nice) {
  room_->threaded = true;
  room_->thread = std::thread([room = room_.get(), nice] {
    // Linux keeps it for each thread (setpriority(2), notes).
    if (nice != 0) ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), nice);
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

bool Loop::run_job() { return room_->context.poll_one() > 0; }

bool Loop::run_timer() { return room_->run_timer(); }

std::optional<Instant> Loop::next_due() const {
  bool is_dated = false;
  const auto wait = room_->next_wait(is_dated);
  return wait ? std::optional(room_->clock.now() + *wait) : std::nullopt;
}

}  // namespace stepd::run
