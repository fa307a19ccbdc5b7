#include "triggers/inbox.h"

#include "base/payload.h"
#include "triggers/deliveries.h"

#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>

namespace stepd::triggers {
namespace {

/// Bounds every wait, so that a clock that jumps delays nothing for longer.
constexpr std::chrono::milliseconds kLongestWait{1000};
constexpr std::size_t kPage = 1000;

class InboxThread final : public Inbox {
 public:
  InboxThread(std::vector<WatchedDirectory> directories, Rules rules, run::Gateway& gateway, storage::Store& store,
              const ObjectStore& objects, const Clock& clock)
      : rules_(std::move(rules)),
        deliveries_(gateway, store),
        objects_(objects),
        clock_(clock),
        stopping_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    for (auto& directory : directories) {
      buckets_.emplace_back(std::move(directory));
      remember_arrivals(store.reader(), buckets_.back());
    }
    thread_ = std::thread([this] { run(); });
  }

  ~InboxThread() override { stop(std::chrono::milliseconds{0}); }

  void stop(std::chrono::milliseconds grace) override {
    if (!thread_.joinable()) return;
    grace_ms_ = grace.count();
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(stopping_.get(), &one, sizeof one);
    thread_.join();
  }

 private:
  static void remember_arrivals(const storage::Reader& reader, WatchedBucket& bucket) {
    std::string after;
    while (true) {
      const auto keys = reader.arrivals(bucket.name(), after, kPage);
      for (const auto& key : keys) {
        if (auto identity = reader.arrival(bucket.name(), key)) bucket.remember(key, *std::move(identity));
      }
      if (keys.size() < kPage) return;
      after = keys.back();
    }
  }

  void run() {
    while (!wait()) {
      const Instant now = clock_.now();
      for (auto& bucket : buckets_) take_up(bucket, now);
      deliveries_.step(now);
    }
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(grace_ms_);
    while (!deliveries_.is_idle() && std::chrono::steady_clock::now() < deadline) {
      deliveries_.step(clock_.now());
      pollfd answers{deliveries_.fd(), POLLIN, 0};
      ::poll(&answers, 1, 20);
    }
  }

  void take_up(WatchedBucket& bucket, Instant now) {
    const Findings findings = bucket.step(now);
    for (const auto& key : findings.vanished) deliveries_.forget(bucket.name(), key);
    for (const auto& arrival : findings.arrived) offer(bucket.name(), arrival, now);
  }

  void offer(const std::string& bucket, const Arrival& arrival, Instant now) {
    const auto stat = objects_.head({bucket, arrival.key});
    if (!stat && stat.error().name == "Object.NotFound") return;  // gone again already
    const ObjectCreated object{bucket,
                               arrival.key,
                               arrival.identity.size_bytes,
                               stat ? stat->etag : std::string(),
                               to_text(arrival.identity),
                               now,
                               stat ? stat->lineage : std::nullopt,
                               stat ? stat->bytes.reason : std::string()};
    Starts starts = rules_.starts_of(object);
    const std::string name = print_json(Json(bucket + "/" + arrival.key));
    for (const auto& fault : starts.faults) spdlog::error("object {} starts nothing by {}", name, fault);
    spdlog::info("object {} arrived: {} bytes, starts {}, calls {}", name, object.size_bytes, starts.requests.size(),
                 starts.calls.size());
    deliveries_.offer(object, std::move(starts));
  }

  /// Until something may have happened. True: stop.
  bool wait() {
    const Instant now = clock_.now();
    Instant due = now + kLongestWait;
    std::vector<pollfd> polled{{stopping_.get(), POLLIN, 0}, {deliveries_.fd(), POLLIN, 0}};
    for (const auto& bucket : buckets_) {
      due = std::min(due, bucket.next_due());
      polled.push_back({bucket.fd(), POLLIN, 0});
    }
    if (const auto retry = deliveries_.next_due()) due = std::min(due, *retry);
    const auto pause = std::max(due - now, std::chrono::milliseconds{0});
    ::poll(polled.data(), polled.size(), static_cast<int>(pause.count()));
    return (polled[0].revents & POLLIN) != 0;
  }

  const Rules rules_;
  Deliveries deliveries_;
  const ObjectStore& objects_;
  const Clock& clock_;
  Descriptor stopping_;
  std::atomic<std::int64_t> grace_ms_{0};
  std::vector<WatchedBucket> buckets_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Inbox> start_inbox(std::vector<WatchedDirectory> directories, Rules rules, run::Gateway& gateway,
                                   storage::Store& store, const ObjectStore& objects, const Clock& clock) {
  return std::make_unique<InboxThread>(std::move(directories), std::move(rules), gateway, store, objects, clock);
}

}  // namespace stepd::triggers
