// The UUIDs that name what is made here: their versions, and the order of those that are made one after another.
#include "engine/run/uuid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace stepd::test {
namespace {

using namespace std::chrono_literals;
using ::testing::MatchesRegex;

constexpr Instant kMoment{1'764'489'600'123ms};

TEST(Uuid, IsOfVersion4) {
  for (int i = 0; i < 1000; ++i) {
    EXPECT_THAT(run::make_uuid(), MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  }
}

TEST(Uuid, OneInOrderIsOfVersion7AndBeginsWithTheMillisecond) {
  const auto uuid = run::make_ordered_uuid(kMoment);
  EXPECT_THAT(uuid, MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_EQ(std::stoull(uuid.substr(0, 8) + uuid.substr(9, 4), nullptr, 16),
            static_cast<unsigned long long>(kMoment.time_since_epoch().count()));
}

TEST(Uuid, ThoseOfLaterMillisecondsComeLater) {
  std::vector<std::string> made;
  for (int i = 0; i < 1000; ++i) made.push_back(run::make_ordered_uuid(kMoment + std::chrono::milliseconds(i)));
  EXPECT_TRUE(std::is_sorted(made.begin(), made.end()));
}

TEST(Uuid, ThreadsMakeDifferentOnesInOneMillisecond) {
  constexpr std::size_t kEach = 1000;
  std::vector<std::vector<std::string>> made(4);
  std::vector<std::thread> threads;
  for (auto& mine : made) {
    threads.emplace_back([&mine] {
      for (std::size_t i = 0; i < kEach; ++i) mine.push_back(run::make_ordered_uuid(kMoment));
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& each : made) all.insert(each.begin(), each.end());
  EXPECT_EQ(all.size(), made.size() * kEach);
}

}  // namespace
}  // namespace stepd::test
