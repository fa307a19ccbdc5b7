#include "engine/run/token_bucket.h"

#include <algorithm>

namespace stepd::run {
namespace {

constexpr std::int64_t kThousandths = 1'000;
constexpr std::size_t kFewBuckets = 1'024;

}  // namespace

TokenBucket::TokenBucket(Rate rate, SteadyInstant now)
    : full_(static_cast<std::int64_t>(rate.bucket) * kThousandths),
      per_ms_(static_cast<std::int64_t>(rate.refill)),
      level_(full_),
      filled_at_(now) {}

std::int64_t TokenBucket::level_at(SteadyInstant now) const {
  const auto passed = (now - filled_at_).count();
  // Compared first, as the product of a long time would not fit.
  return passed > (full_ - level_) / per_ms_ ? full_ : level_ + passed * per_ms_;
}

void TokenBucket::spend(std::size_t tokens, SteadyInstant now) {
  level_ = level_at(now) - static_cast<std::int64_t>(tokens) * kThousandths;
  filled_at_ = now;
}

std::chrono::milliseconds TokenBucket::wait(SteadyInstant now) const {
  const auto missing = std::max<std::int64_t>(kThousandths - level_at(now), 0);
  return std::chrono::milliseconds((missing + per_ms_ - 1) / per_ms_);
}

bool TokenBucket::is_full(SteadyInstant now) const { return level_at(now) == full_; }

RateLimit::RateLimit(RatePair rates, const Clock& clock)
    : rates_(rates), clock_(clock), all_(rates.all, clock.steady()), sweep_at_(kFewBuckets) {}

bool RateLimit::take(const std::string& key) {
  const MutexLock lock(mutex_);
  const auto now = clock_.steady();
  if (wait_locked(key, now).count() > 0) return false;
  spend_locked(key, 1, now);
  return true;
}

void RateLimit::spend(const std::string& key, std::size_t tokens) {
  const MutexLock lock(mutex_);
  spend_locked(key, tokens, clock_.steady());
}

std::chrono::milliseconds RateLimit::wait(const std::string& key) const {
  const MutexLock lock(mutex_);
  return wait_locked(key, clock_.steady());
}

std::chrono::milliseconds RateLimit::wait_locked(const std::string& key, SteadyInstant now) const {
  std::chrono::milliseconds wait{0};
  if (rates_.all.refill > 0) wait = all_.wait(now);
  if (const auto found = each_.find(key); found != each_.end()) wait = std::max(wait, found->second.wait(now));
  return wait;
}

void RateLimit::spend_locked(const std::string& key, std::size_t tokens, SteadyInstant now) {
  if (rates_.all.refill > 0) all_.spend(tokens, now);
  if (rates_.each.refill > 0) bucket_of(key, now).spend(tokens, now);
}

TokenBucket& RateLimit::bucket_of(const std::string& key, SteadyInstant now) {
  if (const auto found = each_.find(key); found != each_.end()) return found->second;
  if (each_.size() >= sweep_at_) {
    std::erase_if(each_, [now](const auto& entry) { return entry.second.is_full(now); });
    sweep_at_ = std::max(kFewBuckets, 2 * each_.size());
  }
  return each_.emplace(key, TokenBucket(rates_.each, now)).first->second;
}

}  // namespace stepd::run
