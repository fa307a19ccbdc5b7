#include "triggers/deliveries.h"

#include "base/descriptor.h"
#include "base/mutex.h"
#include "base/payload.h"

#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>

namespace stepd::triggers {
namespace {

/// Enough to fill the store's commits; a folder of 100,000 files must not become 100,000 requests at once.
constexpr std::size_t kInFlightMax = 256;
/// Lambda calls a function again twice if it fails (AWS Lambda dev guide: asynchronous invocation).
constexpr unsigned kCallsMax = 3;
constexpr std::chrono::milliseconds kFirstPause{1000};
constexpr std::chrono::milliseconds kLongestPause{60'000};
/// Tokens come back all the time.
constexpr std::chrono::milliseconds kLongestThrottle{10'000};

std::chrono::milliseconds pause_after(unsigned failures) {
  return std::min(kLongestPause, kFirstPause * (1u << std::min(failures, 6u)));
}

std::string object_key(const std::string& bucket, const std::string& key) { return bucket + "/" + key; }

/// Whether the same request may succeed later without anybody changing it.
bool may_succeed_later(const run::Refusal& refusal) {
  if (refusal.for_good) return false;
  switch (refusal.code) {
    case run::RefusalCode::ServiceUnavailable:
    case run::RefusalCode::ExecutionLimitExceeded:
    case run::RefusalCode::ThrottlingException:
    case run::RefusalCode::StateMachineDeleting:
    case run::RefusalCode::StateMachineDoesNotExist:
      return true;
    default:
      return false;
  }
}

}  // namespace

/// Outlives its owner for as long as an answer is on its way.
class Deliveries::Mailbox {
 public:
  Mailbox() : event_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

  void put(Answered answered) {
    const MutexLock lock(mutex_);
    answers_.push_back(std::move(answered));
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(event_.get(), &one, sizeof one);
  }

  std::vector<Answered> take() {
    const MutexLock lock(mutex_);
    std::uint64_t count = 0;
    [[maybe_unused]] const auto read = ::read(event_.get(), &count, sizeof count);
    return std::exchange(answers_, {});
  }

  int fd() const { return event_.get(); }

 private:
  Mutex mutex_;
  std::vector<Answered> answers_ STEPD_GUARDED_BY(mutex_);
  Descriptor event_;
};

Deliveries::Deliveries(run::Gateway& gateway, storage::Store& store)
    : gateway_(gateway), store_(store), mailbox_(std::make_shared<Mailbox>()) {}

Deliveries::~Deliveries() = default;

int Deliveries::fd() const { return mailbox_->fd(); }

std::optional<Instant> Deliveries::next_due() const {
  if (later_.empty()) return std::nullopt;
  return later_.begin()->first;
}

std::string Deliveries::Delivery::target(std::size_t index) const {
  if (index < starts.calls.size()) return "function " + starts.calls[index].function;
  return starts.requests[index - starts.calls.size()].state_machine_arn;
}

void Deliveries::offer(const ObjectCreated& object, Starts starts) {
  const std::uint64_t id = ++last_id_;
  by_object_.emplace(object_key(object.bucket, object.key), id);
  Delivery& delivery = open_[id];
  delivery = {object, std::move(starts)};
  const std::size_t count = delivery.count();
  delivery.unanswered = count;
  // The last one waits for the others, because it records the arrival.
  for (std::size_t i = 0; i + 1 < count; ++i) ready_.push_back({id, i, 0});
  if (count == 1) ready_.push_back({id, 0, 0});
  if (count == 0) ready_.push_back({id, std::nullopt, 0});
}

void Deliveries::forget(const std::string& bucket, const std::string& key) {
  const auto [first, last] = by_object_.equal_range(object_key(bucket, key));
  for (auto at = first; at != last; ++at) open_.at(at->second).gone = true;
  store_.write(storage::DeleteArrival{bucket, key}, [](storage::Outcome) {});  // a record too many harms nothing
}

void Deliveries::step(Instant now) {
  for (const auto& answered : mailbox_->take()) take_up(answered, now);
  while (!later_.empty() && later_.begin()->first <= now) {
    ready_.push_back(later_.begin()->second);
    later_.erase(later_.begin());
  }
  while (!ready_.empty() && in_flight_ < kInFlightMax) {
    const Attempt attempt = ready_.front();
    ready_.pop_front();
    send(attempt, now);
  }
}

void Deliveries::send(const Attempt& attempt, Instant now) {
  const Delivery& delivery = open_.at(attempt.delivery);
  if (!attempt.request && delivery.gone) return close(attempt.delivery);
  ++in_flight_;
  const ObjectCreated& object = delivery.object;
  storage::PutArrival arrival{object.bucket, object.key, object.identity, now};
  const auto& calls = delivery.starts.calls;
  if (attempt.request && *attempt.request < calls.size()) {
    gateway_.invoke_function(calls[*attempt.request],
                             [mailbox = mailbox_, attempt](const run::Answer<run::InvokedFunction>& answer) {
                               mailbox->put(judge(attempt, answer));
                             });
    return;
  }
  if (attempt.request) {
    auto request = delivery.starts.requests[*attempt.request - calls.size()];
    request.answer_at_end = true;  // the arrival is not dealt with while a crash could lose what it started
    if (*attempt.request + 1 == delivery.count() && !delivery.gone) request.arrival = std::move(arrival);
    gateway_.start_execution(std::move(request),
                             [mailbox = mailbox_, attempt](run::Answer<run::StartedExecution> answer) {
                               mailbox->put(judge(attempt, answer));
                             });
    return;
  }
  store_.write(std::move(arrival),
               [mailbox = mailbox_, attempt](storage::Outcome outcome) { mailbox->put(judge(attempt, outcome)); });
}

Deliveries::Answered Deliveries::judge(const Attempt& attempt, const run::Answer<run::StartedExecution>& answer) {
  if (answer) return {attempt, Verdict::Done, "", answer->arrival_recorded};
  if (answer.error().code == run::RefusalCode::ExecutionAlreadyExists) return {attempt, Verdict::Done, "", false};
  const auto verdict = may_succeed_later(answer.error()) ? Verdict::Again : Verdict::Done;
  const bool throttled = answer.error().code == run::RefusalCode::ThrottlingException;
  return {attempt, verdict, answer.error().message, false, throttled};
}

Deliveries::Answered Deliveries::judge(const Attempt& attempt, const run::Answer<run::InvokedFunction>& answer) {
  if (!answer)
    return {attempt, answer.error().for_good ? Verdict::Done : Verdict::Again, answer.error().message, false};
  if (answer->answer) return {attempt, Verdict::Done, "", false};
  const auto verdict = attempt.failures + 1 < kCallsMax ? Verdict::Again : Verdict::Done;
  return {attempt, verdict, answer->answer.error().name + ": " + answer->answer.error().cause, false};
}

Deliveries::Answered Deliveries::judge(const Attempt& attempt, storage::Outcome outcome) {
  switch (outcome) {
    case storage::Outcome::Committed:
      return {attempt, Verdict::Done, "", true};
    case storage::Outcome::Unavailable:
      return {attempt, Verdict::Again, "the store takes no writes at present", false};
    default:
      return {attempt, Verdict::Done, "the store failed; the next start asks for this object again", false};
  }
}

void Deliveries::take_up(const Answered& answered, Instant now) {
  --in_flight_;
  Attempt attempt = answered.attempt;
  Delivery& delivery = open_.at(attempt.delivery);
  auto pause = pause_after(attempt.failures);
  if (answered.throttled) pause = std::min(pause, kLongestThrottle);
  if (!answered.complaint.empty()) tell(answered, delivery, pause, now);
  if (answered.verdict == Verdict::Again) {
    later_.emplace(now + pause, Attempt{attempt.delivery, attempt.request, attempt.failures + 1});
  } else if (attempt.request) {
    finish_request(delivery, answered);
  } else {
    close(attempt.delivery);
  }
}

/// Of starts that are throttled, which may be many at once, one line tells in each pause.
void Deliveries::tell(const Answered& answered, const Delivery& delivery, std::chrono::milliseconds pause,
                      Instant now) {
  const auto& request = answered.attempt.request;
  const auto object = print_json(Json(object_key(delivery.object.bucket, delivery.object.key)));
  const auto target = request ? delivery.target(*request) : "its record";
  if (answered.throttled) {
    if (now < throttle_told_) return;
    throttle_told_ = now + pause;
    spdlog::warn("object {} -> {}: {} (limits.start_execution); it is tried again in {} ms, and {} other starts wait",
                 object, target, answered.complaint, pause.count(), later_.size() + ready_.size());
    return;
  }
  const bool again = answered.verdict == Verdict::Again;
  spdlog::log(again ? spdlog::level::warn : spdlog::level::err, "object {} -> {}: {}{}", object, target,
              answered.complaint, again ? "; trying again" : "");
}

void Deliveries::finish_request(Delivery& delivery, const Answered& answered) {
  const std::uint64_t id = answered.attempt.delivery;
  --delivery.unanswered;
  if (delivery.unanswered == 1) return ready_.push_back({id, delivery.count() - 1, 0});
  if (delivery.unanswered > 1) return;
  if (!answered.recorded) return ready_.push_back({id, std::nullopt, 0});
  if (delivery.gone) {
    store_.write(storage::DeleteArrival{delivery.object.bucket, delivery.object.key}, [](storage::Outcome) {});
  }
  close(id);
}

void Deliveries::close(std::uint64_t id) {
  const ObjectCreated& object = open_.at(id).object;
  const auto [first, last] = by_object_.equal_range(object_key(object.bucket, object.key));
  for (auto at = first; at != last; ++at) {
    if (at->second == id) {
      by_object_.erase(at);
      break;
    }
  }
  open_.erase(id);
}

}  // namespace stepd::triggers
