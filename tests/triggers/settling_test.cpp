// When a file counts as whole: the rule alone, with moments that the test makes up.
#include "triggers/settling.h"
#include "triggers/trigger_fixture.h"

#include <gtest/gtest.h>

namespace stepd::triggers {
namespace {

using test::at;
using namespace std::chrono_literals;

const FileIdentity kSmall{1, 10, 100, 5};
const FileIdentity kGrown{1, 20, 200, 5};

TEST(Settling, A_file_that_stays_the_same_completes_once_after_the_quiet_time) {
  Settling settling({500ms, 500ms});
  EXPECT_FALSE(settling.observe("a", kSmall, Sighting::Standing, at(0)));
  EXPECT_FALSE(settling.observe("a", kSmall, Sighting::Standing, at(499)));
  EXPECT_EQ(settling.next_due(), at(500));
  EXPECT_TRUE(settling.observe("a", kSmall, Sighting::Standing, at(500)));
  EXPECT_FALSE(settling.observe("a", kSmall, Sighting::Standing, at(5000)));
  EXPECT_TRUE(settling.is_done("a", kSmall));
  EXPECT_EQ(settling.next_due(), std::nullopt);
}

TEST(Settling, A_file_that_grows_waits_anew_each_time) {
  Settling settling({500ms, 500ms});
  settling.observe("a", kSmall, Sighting::Standing, at(0));
  EXPECT_FALSE(settling.observe("a", kGrown, Sighting::Standing, at(600)));
  EXPECT_FALSE(settling.observe("a", kGrown, Sighting::Standing, at(1000)));
  EXPECT_TRUE(settling.observe("a", kGrown, Sighting::Standing, at(1100)));
}

TEST(Settling, A_file_that_somebody_has_open_for_writing_waits_however_long_it_takes) {
  Settling settling({500ms, 500ms});
  for (int ms = 0; ms < 10'000; ms += 500) EXPECT_FALSE(settling.observe("a", kSmall, Sighting::Writing, at(ms)));
  EXPECT_FALSE(settling.observe("a", kSmall, Sighting::Standing, at(10'000 - 1)));
  EXPECT_FALSE(settling.observe("a", kSmall, Sighting::Standing, at(10'100)));
  EXPECT_TRUE(settling.observe("a", kSmall, Sighting::Standing, at(10'499)));
}

TEST(Settling, A_file_that_came_by_rename_is_whole_at_once) {
  Settling settling({500ms, 500ms});
  EXPECT_TRUE(settling.observe("a", kSmall, Sighting::RenamedIn, at(0)));
  EXPECT_FALSE(settling.observe("a", kSmall, Sighting::RenamedIn, at(1)));
}

TEST(Settling, Another_file_under_the_same_name_is_another_arrival) {
  Settling settling({500ms, 500ms});
  EXPECT_TRUE(settling.observe("a", kSmall, Sighting::RenamedIn, at(0)));
  EXPECT_TRUE(settling.observe("a", kGrown, Sighting::RenamedIn, at(1)));
}

TEST(Settling, What_was_dealt_with_before_a_restart_does_not_complete_again) {
  Settling settling({500ms, 500ms});
  settling.remember("a", to_text(kSmall));
  EXPECT_FALSE(settling.observe("a", kSmall, Sighting::RenamedIn, at(0)));
  EXPECT_FALSE(settling.observe("a", kSmall, Sighting::Standing, at(9000)));
  EXPECT_TRUE(settling.vanish("a"));
  EXPECT_TRUE(settling.observe("a", kSmall, Sighting::RenamedIn, at(9001)));
}

TEST(Settling, A_clock_that_was_set_back_delays_by_the_quiet_time_only) {
  Settling settling({500ms, 500ms});
  settling.observe("a", kSmall, Sighting::Standing, at(1'000'000));
  EXPECT_FALSE(settling.observe("a", kSmall, Sighting::Standing, at(0)));
  EXPECT_TRUE(settling.observe("a", kSmall, Sighting::Standing, at(500)));
}

TEST(Settling, An_empty_file_waits_for_longer_and_a_filled_one_as_ever) {
  const FileIdentity empty{1, 0, 50, 5};
  Settling settling({500ms, 10s});
  settling.observe("a", empty, Sighting::Standing, at(0));
  EXPECT_EQ(settling.next_due(), at(10'000));
  EXPECT_FALSE(settling.observe("a", empty, Sighting::Standing, at(9'999)));
  EXPECT_FALSE(settling.observe("a", kSmall, Sighting::Standing, at(9'999)));
  EXPECT_EQ(settling.next_due(), at(10'499));
  EXPECT_TRUE(settling.observe("a", kSmall, Sighting::Standing, at(10'499)));
  settling.observe("b", empty, Sighting::Standing, at(0));
  EXPECT_TRUE(settling.observe("b", empty, Sighting::Standing, at(10'000)));
  EXPECT_TRUE(settling.observe("c", empty, Sighting::RenamedIn, at(0)));
}

TEST(Settling, An_empty_file_waits_at_least_as_long_as_a_filled_one) {
  Settling settling({60s, 10s});
  settling.observe("a", {1, 0, 50, 5}, Sighting::Standing, at(0));
  EXPECT_EQ(settling.next_due(), at(60'000));
}

}  // namespace
}  // namespace stepd::triggers
