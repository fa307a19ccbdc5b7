// Token buckets, as AWS limits rates: a request takes a token, and tokens come back at a steady rate until the bucket
// is full. Time is given, or measured by the clock that is never set.
#pragma once

#include "base/clock.h"
#include "base/mutex.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace stepd::run {

struct Rate {
  std::uint64_t bucket = 0;  ///< tokens at most: what a burst may take
  std::uint64_t refill = 0;  ///< tokens per second; 0: there is no limit
};

class TokenBucket {
 public:
  /// Is full at first. `rate` has a limit.
  TokenBucket(Rate rate, SteadyInstant now);

  /// Takes tokens that are used already, so the bucket may be overdrawn.
  void spend(std::size_t tokens, SteadyInstant now);
  /// Until there is a token; 0: there is one.
  std::chrono::milliseconds wait(SteadyInstant now) const;
  bool is_full(SteadyInstant now) const;

 private:
  std::int64_t level_at(SteadyInstant now) const;

  // In thousandths of a token: what a refill of 1 brings in a millisecond.
  std::int64_t full_;
  std::int64_t per_ms_;
  std::int64_t level_;
  SteadyInstant filled_at_;
};

/// What all together may use, and each by itself.
struct RatePair {
  Rate all;
  Rate each;
};

/// One bucket for all and one for each key. Full buckets are forgotten, so memory is bounded by the keys in use.
/// Thread: any.
class RateLimit {
 public:
  /// `clock` outlives it.
  RateLimit(RatePair rates, const Clock& clock);

  /// Takes a token of both buckets, or none of either.
  bool take(const std::string& key);
  /// Takes tokens that are used already, of both.
  void spend(const std::string& key, std::size_t tokens);
  /// Until both have a token; 0: they have.
  std::chrono::milliseconds wait(const std::string& key) const;

 private:
  std::chrono::milliseconds wait_locked(const std::string& key, SteadyInstant now) const STEPD_REQUIRES(mutex_);
  void spend_locked(const std::string& key, std::size_t tokens, SteadyInstant now) STEPD_REQUIRES(mutex_);
  TokenBucket& bucket_of(const std::string& key, SteadyInstant now) STEPD_REQUIRES(mutex_);

  const RatePair rates_;
  const Clock& clock_;
  mutable Mutex mutex_;
  TokenBucket all_ STEPD_GUARDED_BY(mutex_);
  std::unordered_map<std::string, TokenBucket> each_ STEPD_GUARDED_BY(mutex_);
  std::size_t sweep_at_ STEPD_GUARDED_BY(mutex_);  ///< how many buckets are kept before full ones are looked for
};

}  // namespace stepd::run
