// Sees to it that every arrived object's executions are started, once, and its functions called, and that the arrival
// is recorded as dealt with in the commit of the last of these starts: asks the gateway, and tries again where that can
// help. It neither watches files nor matches rules.
#pragma once

#include "base/clock.h"
#include "engine/run/gateway.h"
#include "storage/store.h"
#include "triggers/object_events.h"
#include "triggers/rules.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace stepd::triggers {

/// Thread: one. Answers of the gateway and the store arrive on their threads and are taken up by step().
class Deliveries {
 public:
  Deliveries(run::Gateway& gateway, storage::Store& store);
  ~Deliveries();

  /// The arrival is recorded when every request was answered for good. Names of executions make this idempotent: one
  /// that exists already was started before a crash. A function that fails is called three times in all, as Lambda
  /// calls one for S3, and may be called again after a crash.
  void offer(const ObjectCreated& object, Starts starts);
  /// The object is gone: so is its record.
  void forget(const std::string& bucket, const std::string& key);

  void step(Instant now);
  /// Readable when an answer waits for step().
  int fd() const;
  /// When something is to be tried again.
  std::optional<Instant> next_due() const;
  bool is_idle() const { return open_.empty(); }

 private:
  struct Delivery {
    /// Calls come first: only a start can record the arrival in its commit.
    std::size_t count() const { return starts.calls.size() + starts.requests.size(); }
    std::string target(std::size_t index) const;

    ObjectCreated object;
    Starts starts;
    std::size_t unanswered = 0;
    bool gone = false;  ///< the object vanished meanwhile: nothing is to be recorded
  };
  /// One request of a delivery, or the recording of an arrival that no start has recorded: there was none to start, or
  /// the last one was refused or had been started before.
  struct Attempt {
    std::uint64_t delivery = 0;
    std::optional<std::size_t> request;
    unsigned failures = 0;
  };
  enum class Verdict : std::uint8_t { Done, Again };
  struct Answered {
    Attempt attempt;
    Verdict verdict = Verdict::Done;
    std::string complaint;   ///< for the log; empty: none
    bool recorded = false;   ///< the arrival too, by the start's own commit
    bool throttled = false;  ///< the start found no token
  };
  class Mailbox;

  void send(const Attempt& attempt, Instant now);
  void take_up(const Answered& answered, Instant now);
  void tell(const Answered& answered, const Delivery& delivery, std::chrono::milliseconds pause, Instant now);
  void finish_request(Delivery& delivery, const Answered& answered);
  void close(std::uint64_t id);
  static Answered judge(const Attempt& attempt, const run::Answer<run::StartedExecution>& answer);
  static Answered judge(const Attempt& attempt, const run::Answer<run::InvokedFunction>& answer);
  static Answered judge(const Attempt& attempt, storage::Outcome outcome);

  run::Gateway& gateway_;
  storage::Store& store_;
  std::shared_ptr<Mailbox> mailbox_;
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, Delivery> open_;
  std::unordered_multimap<std::string, std::uint64_t> by_object_;
  std::deque<Attempt> ready_;
  std::multimap<Instant, Attempt> later_;
  Instant throttle_told_{};  ///< until when the log need not say again that starts are throttled
  std::size_t in_flight_ = 0;
};

}  // namespace stepd::triggers
