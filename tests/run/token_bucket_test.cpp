// Token buckets: what a burst may take, what comes back in which time, and that buckets of others are their own.
#include "engine/run/token_bucket.h"

#include "support/manual_clock.h"

#include <gtest/gtest.h>

namespace stepd::run {
namespace {

using namespace std::chrono_literals;
using test::ManualClock;

int count_taken(RateLimit& limit, const std::string& key, int asked) {
  int count = 0;
  for (int i = 0; i < asked; ++i) count += limit.take(key) ? 1 : 0;
  return count;
}

TEST(TokenBucket, ABurstTakesTheBucketAndThenWhatComesBack) {
  ManualClock clock;
  RateLimit limit({{}, {5, 2}}, clock);
  EXPECT_EQ(count_taken(limit, "m", 9), 5);
  EXPECT_EQ(limit.wait("m"), 500ms);
  clock.advance(499ms);
  EXPECT_EQ(count_taken(limit, "m", 9), 0);
  clock.advance(1ms);
  EXPECT_EQ(count_taken(limit, "m", 9), 1);
  clock.advance(2s);
  EXPECT_EQ(count_taken(limit, "m", 9), 4);
  clock.advance(std::chrono::hours(24 * 365 * 1000));
  EXPECT_EQ(count_taken(limit, "m", 9), 5) << "more than the bucket holds";
}

TEST(TokenBucket, WhatIsOverdrawnIsWaitedFor) {
  ManualClock clock;
  RateLimit limit({{}, {10, 5}}, clock);
  limit.spend("m", 30);
  EXPECT_EQ(limit.wait("m"), 4'200ms);
  clock.advance(4'200ms);
  EXPECT_EQ(limit.wait("m"), 0ms);
  EXPECT_EQ(count_taken(limit, "m", 9), 1);
}

TEST(TokenBucket, SettingTheClockBringsNoTokens) {
  ManualClock clock;
  RateLimit limit({{}, {1, 1}}, clock);
  EXPECT_TRUE(limit.take("m"));
  clock.jump(1h);
  EXPECT_FALSE(limit.take("m"));
  clock.jump(-2h);
  clock.advance(1s);
  EXPECT_TRUE(limit.take("m"));
}

TEST(TokenBucket, OneKeyLeavesTheOthersTheirTokens) {
  ManualClock clock;
  RateLimit limit({{10, 1}, {4, 1}}, clock);
  EXPECT_EQ(count_taken(limit, "greedy", 100), 4);
  EXPECT_EQ(count_taken(limit, "modest", 3), 3);
  EXPECT_EQ(count_taken(limit, "third", 100), 3) << "what all together have left";
  EXPECT_EQ(limit.wait("fourth"), 1s);
}

TEST(TokenBucket, WhatIsRefusedTakesNothing) {
  ManualClock clock;
  RateLimit limit({{2, 1}, {5, 1}}, clock);
  EXPECT_EQ(count_taken(limit, "a", 50), 2);
  clock.advance(2s);
  EXPECT_EQ(count_taken(limit, "b", 50), 2) << "the refused ones have taken from the bucket of all";
}

TEST(TokenBucket, WithoutARateThereIsNoLimit) {
  ManualClock clock;
  RateLimit limit({}, clock);
  EXPECT_EQ(count_taken(limit, "m", 100'000), 100'000);
  limit.spend("m", 1'000'000);
  EXPECT_EQ(limit.wait("m"), 0ms);
}

TEST(TokenBucket, ManyKeysThatComeOnceAreForgottenAndThoseInUseAreNot) {
  ManualClock clock;
  RateLimit limit({{}, {2, 1}}, clock);
  for (int i = 0; i < 5'000; ++i) {
    EXPECT_TRUE(limit.take("once-" + std::to_string(i)));
    clock.advance(1ms);
    if (i == 4'500) EXPECT_EQ(count_taken(limit, "often", 9), 2);
  }
  EXPECT_EQ(count_taken(limit, "often", 9), 0);
}

}  // namespace
}  // namespace stepd::run
