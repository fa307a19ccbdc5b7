#include "api/console/live_feed.h"

#include "base/encoding.h"
#include "base/payload.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace stepd::api {
namespace {

constexpr std::chrono::seconds kRingKept{60};  // after the last stream has left

const char* live_status(core::Status status) {
  static constexpr const char* kNames[] = {"", "RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"};
  return kNames[static_cast<std::size_t>(status)];
}

struct LiveRow {
  std::uint64_t number = 0;
  std::string arn;
  const char* status = "";
  std::string state;  ///< the last one entered in this turn; may be empty
  core::EventNumber events = 0;
  Instant started_at;
  Instant at;
  bool turns = false;  ///< the execution started, ended or was redriven
};

Json describe_row(const LiveRow& row) {
  return Json{{"arn", row.arn},
              {"status", row.status},
              {"state", row.state},
              {"events", row.events},
              {"startedAt", row.started_at.time_since_epoch().count()},
              {"at", row.at.time_since_epoch().count()},
              {"turns", row.turns}};
}

}  // namespace

/// Shared with the streams, which may end after the feed's owner.
class LiveFeed::Ring {
 public:
  explicit Ring(std::string process) : process_(std::move(process)) {}

  /// Asked with each turn, so it takes no lock.
  bool is_heard() const { return heard_; }

  void add(LiveRow row) {
    std::vector<std::function<void()>> wanted;
    {
      const MutexLock lock(mutex_);
      if (listeners_.empty() && row.at > kept_until_) {
        heard_ = false;
        rows_.clear();
        return;
      }
      row.number = ++last_;
      rows_.push_back(std::move(row));
      if (rows_.size() > kLiveRows) rows_.pop_front();
      for (auto& [stream, listener] : listeners_) {
        if (std::exchange(listener.called, true)) continue;
        wanted.push_back(listener.news);
      }
    }
    for (const auto& news : wanted) news();
  }

  bool join(const void* stream) {
    const MutexLock lock(mutex_);
    if (listeners_.size() >= kLiveStreams) return false;
    listeners_[stream].called = true;  // until it is open
    heard_ = true;
    return true;
  }
  void listen(const void* stream, std::function<void()> news) {
    const MutexLock lock(mutex_);
    listeners_[stream] = {std::move(news), false};
  }
  void leave(const void* stream, Instant now) {
    const MutexLock lock(mutex_);
    listeners_.erase(stream);
    kept_until_ = now + kRingKept;
  }

  /// Rows after `from` that `wanted` lets through, the last of each execution; none if some have left the ring.
  template <class Wanted>
  std::optional<std::vector<LiveRow>> read(const void* stream, std::uint64_t& from, Wanted wanted) {
    const MutexLock lock(mutex_);
    if (const auto listener = listeners_.find(stream); listener != listeners_.end()) listener->second.called = false;
    const auto oldest = rows_.empty() ? last_ + 1 : rows_.front().number;
    if (from > last_ || from + 1 < oldest) {
      from = last_;
      return std::nullopt;
    }
    std::map<std::string_view, const LiveRow*> latest;
    std::set<std::string_view> turned;
    for (auto at = rows_.begin() + static_cast<std::ptrdiff_t>(from + 1 - oldest); at != rows_.end(); ++at) {
      if (!wanted(*at)) continue;
      latest[at->arn] = &*at;
      if (at->turns) turned.insert(at->arn);
    }
    from = last_;
    if (latest.size() > kLiveRowsAtOnce) return std::nullopt;
    std::vector<LiveRow> found;
    for (const auto& [arn, row] : latest) {
      found.push_back(*row);
      found.back().turns = turned.contains(arn);
    }
    return found;
  }

  std::uint64_t last() const {
    const MutexLock lock(mutex_);
    return last_;
  }
  std::size_t streams() const {
    const MutexLock lock(mutex_);
    return listeners_.size();
  }
  const std::string& process() const { return process_; }

 private:
  struct Listener {
    std::function<void()> news;
    bool called = false;  ///< since it has read
  };

  const std::string process_;  ///< tells ids of this process from those of earlier ones
  std::atomic<bool> heard_{false};
  mutable Mutex mutex_;
  std::deque<LiveRow> rows_ STEPD_GUARDED_BY(mutex_);
  std::uint64_t last_ STEPD_GUARDED_BY(mutex_) = 0;
  std::map<const void*, Listener> listeners_ STEPD_GUARDED_BY(mutex_);
  Instant kept_until_ STEPD_GUARDED_BY(mutex_);
};

class LiveFeed::Stream final : public Feed {
 public:
  Stream(std::shared_ptr<Ring> ring, const Clock& clock, LiveTopics topics, std::string_view after)
      : ring_(std::move(ring)), clock_(clock), topics_(std::move(topics)), from_(ring_->last()) {
    const auto dash = after.find('-');
    if (after.empty()) return;
    lost_ = true;
    if (dash == std::string_view::npos || after.substr(0, dash) != ring_->process()) return;
    std::uint64_t number = 0;
    for (const char digit : after.substr(dash + 1).substr(0, 18)) {
      if (digit < '0' || digit > '9') return;
      number = number * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    from_ = number;
    lost_ = false;
  }
  ~Stream() override { ring_->leave(this, clock_.now()); }

  void open(std::function<void()> news) override { ring_->listen(this, std::move(news)); }
  void close() override { ring_->leave(this, clock_.now()); }

  std::optional<std::string> next() override {
    const bool first = std::exchange(first_, false);
    if (std::exchange(lost_, false)) return message("reset", "{}");
    auto rows = ring_->read(this, from_, [this](const LiveRow& row) {
      return (topics_.all && row.turns) || topics_.arns.contains(row.arn);
    });
    if (!rows) return message("reset", "{}");
    if (rows->empty()) return first ? message("hello", "{}") : std::string();
    Json list = Json::array();
    for (const auto& row : *rows) list.push_back(describe_row(row));
    return message("turns", print_json(list));
  }

 private:
  std::string message(std::string_view event, const std::string& data) const {
    return "id: " + ring_->process() + "-" + std::to_string(from_) + "\nevent: " + std::string(event) +
           "\ndata: " + data + "\n\n";
  }

  const std::shared_ptr<Ring> ring_;
  const Clock& clock_;
  const LiveTopics topics_;
  std::uint64_t from_;
  bool lost_ = false;
  bool first_ = true;
};

LiveFeed::LiveFeed(const Clock& clock)
    : clock_(clock), ring_(std::make_shared<Ring>(std::to_string(clock.now().time_since_epoch().count()))) {}
LiveFeed::~LiveFeed() = default;

void LiveFeed::committed(const run::HeardTurn& turn) {
  if (turn.events.empty()) return;
  const auto& execution = turn.execution;
  const auto status = execution.status();
  const auto at = turn.events.back().at;
  const bool starts = turn.events.front().number == 1;
  const bool ends = status != core::Status::Running;
  if (starts) rates_.started(execution.started_at());
  if (ends) rates_.ended(at, status == core::Status::Succeeded, at - execution.started_at());
  if (!ring_->is_heard()) return;
  LiveRow row;
  row.arn = execution.identity().arn;
  row.status = live_status(status);
  row.events = execution.last_number();
  row.started_at = execution.started_at();
  row.at = at;
  row.turns = starts || ends;
  for (const auto& event : turn.events) {
    if (const auto* entered = std::get_if<core::event::StateEntered>(&event.body)) row.state = entered->state;
    row.turns |= std::holds_alternative<core::event::ExecutionRedriven>(event.body);
  }
  ring_->add(std::move(row));
}

std::shared_ptr<Feed> LiveFeed::follow(LiveTopics topics, std::string_view after) {
  auto stream = std::make_shared<Stream>(ring_, clock_, std::move(topics), after);
  if (!ring_->join(stream.get())) return nullptr;
  return stream;
}

std::size_t LiveFeed::streams() const { return ring_->streams(); }

}  // namespace stepd::api
