// The door to messages that are durable until they are delivered, each for one destination, and what a way to a
// destination looks like. Who delivers, and when, is said elsewhere (tasks/notify/courier.h).
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace stepd {

/// A message for one destination; `destination` and `id` together name it.
struct OutboxRecord {
  std::string id;           ///< of the message: the same in each attempt, and for each of its destinations
  std::string destination;  ///< `topic/NAME/SUBSCRIBER` or `rule/NAME`
  std::string body;
  unsigned attempts = 0;  ///< that have failed
  Instant not_before;     ///< when the next attempt is due
  Instant created_at;
  bool operator==(const OutboxRecord&) const = default;
};

/// What a queue shows of a message.
struct OutboxHead {
  std::string id;
  unsigned attempts = 0;
  Instant not_before;
  bool operator==(const OutboxHead&) const = default;
};

/// Beyond either, no message is taken.
struct OutboxLimits {
  std::size_t messages = 100'000;
  std::size_t bytes = std::size_t{256} << 20;  ///< of bodies
};

/// Thread: any. Errors: `Notify.Failed`, for people.
class Outbox {
 public:
  /// Whether it is durable. Must not block.
  using Stored = std::function<void(bool stored)>;

  virtual ~Outbox() = default;
  /// Blocks until all are durable; none is if there is no room for all. One that is there already stays as it is.
  virtual Result<void> put(std::vector<OutboxRecord> records) = 0;
  /// The first `limit` messages for a destination, by when they are due, then by when they came.
  virtual Result<std::vector<OutboxHead>> next(const std::string& destination, std::size_t limit) const = 0;
  /// None if the message is not there.
  virtual Result<std::optional<std::string>> body(const std::string& destination, const std::string& id) const = 0;
  /// Those that some message is for, in order.
  virtual Result<std::vector<std::string>> destinations() const = 0;
  /// How many messages of executions found no room, since the store was made.
  virtual Result<std::uint64_t> dropped() const = 0;

  /// One that is not there is removed, or put off, with success.
  virtual void remove(const std::string& destination, const std::string& id, Stored stored) = 0;
  virtual void put_off(const std::string& destination, OutboxHead head, Stored stored) = 0;
};

/// What became of one attempt.
struct Verdict {
  enum class Kind : std::uint8_t {
    Delivered,
    Again,    ///< may succeed later
    Refused,  ///< will not succeed however often it is tried
    Stopped,  ///< the post was closed before it was known: as if it had not been tried
  };
  Kind kind = Kind::Delivered;
  std::string why;  ///< without secrets, addresses' paths and the message itself
};

/// The way to one destination. It neither retries nor remembers.
/// Thread: one calls; answers come on any thread, also from within.
class Post {
 public:
  virtual ~Post() = default;
  virtual void send(const std::string& id, const std::string& body, std::function<void(Verdict)> done) = 0;
};

}  // namespace stepd
