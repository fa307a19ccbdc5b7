#include "storage/faulty/faulty_store.h"

#include "base/mutex.h"

#include <algorithm>
#include <deque>
#include <utility>

namespace stepd::storage {
namespace {

/// SplitMix64: one well-mixed number for each (seed, n), without a state that the order of threads could disturb.
std::uint64_t mix(std::uint64_t seed, std::uint64_t n) {
  std::uint64_t z = seed + n * 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

class PlannedFaults final : public FaultyStore {
 public:
  PlannedFaults(std::unique_ptr<Store> store, FaultPlan plan) : store_(std::move(store)), plan_(std::move(plan)) {}
  ~PlannedFaults() override { release(); }

  void write(Write write, Committed done) override {
    {
      const MutexLock lock(mutex_);
      const auto number = ++writes_;
      Entry entry{std::move(write), std::move(done), fault_of(number)};
      if (entry.fault != Fault::None) ++faults_;
      if (held_ > 0) --held_;
      if (entry.fault == Fault::Delayed) held_ = 1 + (mix(plan_.seed, ~number) % plan_.delay_writes_max);
      queue_.push_back(std::move(entry));
    }
    pass_on();
  }

  void release() override {
    {
      const MutexLock lock(mutex_);
      held_ = 0;
    }
    pass_on();
  }

  void end_faults() override {
    {
      const MutexLock lock(mutex_);
      ended_ = true;
    }
    release();
  }

  std::unique_ptr<Store> crash(std::size_t kept) override {
    std::deque<Entry> queue;
    {
      const MutexLock lock(mutex_);
      queue = std::exchange(queue_, {});
    }
    queue.resize(std::min(kept, queue.size()));
    for (auto& entry : queue) {
      entry.done = nullptr;
      const bool last = is_fatal(entry.fault);
      meet(std::move(entry));
      if (last) break;
    }
    return std::move(store_);
  }

  std::size_t held() const override {
    const MutexLock lock(mutex_);
    return queue_.size();
  }

  void flush() override {
    release();
    store_->flush();
  }

  std::uint64_t writes() const override {
    const MutexLock lock(mutex_);
    return writes_;
  }
  std::uint64_t faults() const override {
    const MutexLock lock(mutex_);
    return faults_;
  }

  const Reader& reader() const override { return store_->reader(); }
  void load_open(const std::function<void(OpenExecution)>& each, const Unreadable& unreadable) const override {
    store_->load_open(
        [&](OpenExecution open) {
          if (plan_.unreadable.contains(open.record.id))
            return unreadable(open.record.id, open.record.arn, kUnreadable);
          each(std::move(open));
        },
        unreadable);
  }
  void fail_reads(ExecutionId id, unsigned times, Hope hope) override {
    const MutexLock lock(mutex_);
    read_faults_[id] = {times, hope};
  }
  std::optional<OpenExecution> load(ExecutionId id) const override {
    if (plan_.unreadable.contains(id)) throw StoreError(kUnreadable);
    {
      const MutexLock lock(mutex_);
      const auto fault = read_faults_.find(id);
      if (fault != read_faults_.end() && fault->second.times > 0) {
        --fault->second.times;
        throw StoreError("the disk did not answer", fault->second.hope);
      }
    }
    return store_->load(id);
  }
  ExecutionId last_id() const override { return store_->last_id(); }
  PayloadId next_payload_id() override { return store_->next_payload_id(); }

 private:
  struct Entry {
    Write write;
    Committed done;
    Fault fault = Fault::None;
  };

  static constexpr const char* kUnreadable = "the plan makes it unreadable";

  Fault fault_of(std::uint64_t number) const STEPD_REQUIRES(mutex_) {
    if (ended_) return Fault::None;
    if (const auto planned = plan_.exactly.find(number); planned != plan_.exactly.end()) return planned->second;
    const auto chance = mix(plan_.seed, number) % 1000;
    if (chance < plan_.unavailable_per_mille) return Fault::Unavailable;
    if (chance < plan_.unavailable_per_mille + plan_.delayed_per_mille) return Fault::Delayed;
    return Fault::None;
  }

  /// In order, by one thread at a time, and without the mutex: an answer may write again.
  void pass_on() {
    for (;;) {
      Entry entry;
      bool breaks = false;
      {
        const MutexLock lock(mutex_);
        if (passing_ || held_ > 0 || queue_.empty()) return;
        passing_ = true;
        entry = std::move(queue_.front());
        queue_.pop_front();
        if (fatal_) {
          entry.fault = Fault::FatalBefore;
        } else {
          breaks = fatal_ = is_fatal(entry.fault);
        }
      }
      meet(std::move(entry));
      if (breaks && plan_.on_fatal) plan_.on_fatal();
      const MutexLock lock(mutex_);
      passing_ = false;
    }
  }

  void meet(Entry entry) {
    switch (entry.fault) {
      case Fault::None:
      case Fault::Delayed:
        store_->write(std::move(entry.write), std::move(entry.done));
        break;
      case Fault::Unavailable:
        answer(entry, Outcome::Unavailable);
        break;
      case Fault::FatalBefore:
        answer(entry, Outcome::Fatal);
        break;
      case Fault::FatalAfter:
        store_->write(std::move(entry.write), [done = std::move(entry.done)](Outcome) {
          if (done) done(Outcome::Fatal);
        });
        break;
    }
  }

  static bool is_fatal(Fault fault) { return fault == Fault::FatalBefore || fault == Fault::FatalAfter; }

  static void answer(const Entry& entry, Outcome outcome) {
    if (entry.done) entry.done(outcome);
  }

  std::unique_ptr<Store> store_;
  const FaultPlan plan_;
  struct ReadFault {
    unsigned times = 0;
    Hope hope = Hope::None;
  };

  mutable Mutex mutex_;
  mutable std::map<ExecutionId, ReadFault> read_faults_ STEPD_GUARDED_BY(mutex_);
  std::deque<Entry> queue_ STEPD_GUARDED_BY(mutex_);
  std::uint64_t writes_ STEPD_GUARDED_BY(mutex_) = 0;
  std::uint64_t faults_ STEPD_GUARDED_BY(mutex_) = 0;
  std::size_t held_ STEPD_GUARDED_BY(mutex_) = 0;  // further writes until what is held back goes on
  bool passing_ STEPD_GUARDED_BY(mutex_) = false;
  bool fatal_ STEPD_GUARDED_BY(mutex_) = false;
  bool ended_ STEPD_GUARDED_BY(mutex_) = false;  // the faults
};

}  // namespace

std::unique_ptr<FaultyStore> make_faulty(std::unique_ptr<Store> store, FaultPlan plan) {
  return std::make_unique<PlannedFaults>(std::move(store), std::move(plan));
}

}  // namespace stepd::storage
