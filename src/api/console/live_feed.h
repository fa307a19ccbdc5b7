// LiveFeed: tells open pages what executions do, as server-sent events (ADR 0037).
//
// 1. It hears each committed turn and keeps the last kLiveRows of them in a ring. A stream has no queue of its own: it
//    reads the ring from where it was, so a slow reader costs a position.
// 2. A stream that comes back says where it was (Last-Event-ID). What has left the ring, or comes from another process,
//    is answered with `event: reset`, upon which a page asks for everything again.
// 3. Turns of one execution that lie between two reads are one row, the last.
// 4. Without a stream, and a minute after the last one, nothing is kept.
#pragma once

#include "api/console/run_rates.h"
#include "api/http.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "engine/run/turn_listener.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace stepd::api {

inline constexpr std::size_t kLiveRows = 4'096;
inline constexpr std::size_t kLiveStreams = 64;
inline constexpr std::size_t kLiveTopics = 50;
inline constexpr std::size_t kLiveRowsAtOnce = 200;

/// What one stream wants to hear.
struct LiveTopics {
  bool all = false;                         ///< the start and the end of every execution
  std::set<std::string, std::less<>> arns;  ///< every turn of these
};

/// Thread: any.
class LiveFeed final : public run::TurnListener {
 public:
  explicit LiveFeed(const Clock& clock);
  ~LiveFeed() override;

  void committed(const run::HeardTurn& turn) override;

  /// Null if there are kLiveStreams already. `after` is a Last-Event-ID. The feed may outlive what it was made by.
  std::shared_ptr<Feed> follow(LiveTopics topics, std::string_view after);
  std::size_t streams() const;
  const RunRates& rates() const { return rates_; }

 private:
  class Ring;
  class Stream;

  const Clock& clock_;
  RunRates rates_;
  std::shared_ptr<Ring> ring_;
};

}  // namespace stepd::api
