// The store with bad days: it must misbehave exactly as planned, and no worse than a real one.
#include "storage/faulty/faulty_store.h"

#include "storage/memory/memory_store.h"
#include "storage/store_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <algorithm>

namespace stepd::storage::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// The outcomes of `count` puts of items named by their number, as they were answered.
std::vector<std::pair<int, Outcome>> put_items(FaultyStore& store, int count) {
  std::vector<std::pair<int, Outcome>> answers;
  for (int n = 1; n <= count; ++n) {
    store.write(put_item("t", std::to_string(n), "{}"), [&, n](Outcome outcome) { answers.emplace_back(n, outcome); });
  }
  store.flush();
  return answers;
}

TEST(FaultyStore, RefusesTheWritesOfThePlanAndStoresTheOthers) {
  const auto store = make_faulty(open_memory(), {.exactly = {{2, Fault::Unavailable}}});
  EXPECT_THAT(put_items(*store, 3), ElementsAre(std::pair(1, Outcome::Committed), std::pair(2, Outcome::Unavailable),
                                                std::pair(3, Outcome::Committed)));
  EXPECT_FALSE(store->reader().item({"t", "2"}));
  EXPECT_TRUE(store->reader().item({"t", "3"}));
}

TEST(FaultyStore, StaysFatalAndMayHaveStoredTheWriteAllTheSame) {
  for (const auto fault : {Fault::FatalBefore, Fault::FatalAfter}) {
    int reported = 0;
    const auto store = make_faulty(open_memory(), {.exactly = {{2, fault}}, .on_fatal = [&] { ++reported; }});
    EXPECT_THAT(put_items(*store, 3), ElementsAre(std::pair(1, Outcome::Committed), std::pair(2, Outcome::Fatal),
                                                  std::pair(3, Outcome::Fatal)));
    EXPECT_EQ(store->reader().item({"t", "2"}).has_value(), fault == Fault::FatalAfter);
    EXPECT_FALSE(store->reader().item({"t", "3"}));
    EXPECT_EQ(reported, 1);
  }
}

TEST(FaultyStore, HoldsBackInOrderUntilLaterWritesComeOrItIsReleased) {
  const auto store =
      make_faulty(open_memory(), {.delay_writes_max = 1, .exactly = {{1, Fault::Delayed}, {3, Fault::Delayed}}});
  std::vector<int> answered;
  const auto put = [&](int n) {
    store->write(put_item("t", std::to_string(n), "{}"), [&answered, n](Outcome) { answered.push_back(n); });
  };
  put(1);
  EXPECT_THAT(answered, IsEmpty());
  EXPECT_FALSE(store->reader().item({"t", "1"}));
  put(2);
  EXPECT_THAT(answered, ElementsAre(1, 2));
  put(3);
  EXPECT_THAT(answered, ElementsAre(1, 2));
  store->release();
  EXPECT_THAT(answered, ElementsAre(1, 2, 3));
}

TEST(FaultyStore, StoresAsMuchOfWhatItHoldsAsTheCrashLeaves) {
  for (const std::size_t kept : {0, 2, 3}) {
    const auto store = make_faulty(open_memory(), {.delay_writes_max = 1'000, .exactly = {{2, Fault::Delayed}}});
    std::vector<int> answered;
    for (int n = 1; n <= 4; ++n)
      store->write(put_item("t", std::to_string(n), "{}"), [&answered, n](Outcome) { answered.push_back(n); });
    ASSERT_EQ(store->held(), 3u);
    const auto left = store->crash(kept);
    EXPECT_THAT(answered, ElementsAre(1));
    for (std::size_t n = 1; n <= 4; ++n)
      EXPECT_EQ(left->reader().item({"t", std::to_string(n)}).has_value(), n <= 1 + kept);
  }
}

TEST(FaultyStore, BehavesOnceItsFaultsHaveEnded) {
  const auto store = make_faulty(open_memory(), {.unavailable_per_mille = 1'000});
  EXPECT_THAT(put_items(*store, 1), ElementsAre(std::pair(1, Outcome::Unavailable)));
  store->end_faults();
  EXPECT_THAT(put_items(*store, 1), ElementsAre(std::pair(1, Outcome::Committed)));
}

TEST(FaultyStore, CannotReadTheExecutionsOfThePlan) {
  const auto store = make_faulty(open_memory(), {.unreadable = {ExecutionId{1}}});
  write_now(*store, PutStateMachine{machine_record(), ""});
  write_now(*store, start_of(1, "damaged"));
  write_now(*store, start_of(2, "well"));
  std::vector<ExecutionId> read, unread;
  store->load_open([&](const OpenExecution& open) { read.push_back(open.record.id); },
                   [&](ExecutionId id, auto&&...) { unread.push_back(id); });
  EXPECT_THAT(read, ElementsAre(ExecutionId{2}));
  EXPECT_THAT(unread, ElementsAre(ExecutionId{1}));
  EXPECT_THROW(store->load(ExecutionId{1}), StoreError);
  EXPECT_TRUE(store->load(ExecutionId{2}));
}

TEST(FaultyStore, DoesTheSameForTheSameSeedAndOtherwiseForAnother) {
  const auto outcomes = [](std::uint64_t seed) {
    const auto store =
        make_faulty(open_memory(), {.seed = seed, .unavailable_per_mille = 300, .delayed_per_mille = 200});
    return put_items(*store, 200);
  };
  const auto first = outcomes(1);
  EXPECT_EQ(first.size(), 200u) << "every write is answered";
  EXPECT_EQ(outcomes(1), first);
  EXPECT_NE(outcomes(2), first);
  const auto refused =
      std::count_if(first.begin(), first.end(), [](const auto& a) { return a.second == Outcome::Unavailable; });
  EXPECT_GT(refused, 30);
  EXPECT_LT(refused, 90);
}

TEST(FaultyStore, MakesALaterTurnOfTheSameExecutionConflict) {
  const auto store = make_faulty(open_memory(), {.exactly = {{3, Fault::Unavailable}}});
  write_now(*store, PutStateMachine{machine_record(), ""});
  write_now(*store, start_of(1, "e"));
  EXPECT_THAT(write_all(*store, {step_of(1, 1, 4), step_of(1, 2, 5)}),
              ElementsAre(Outcome::Unavailable, Outcome::Conflict));
  EXPECT_EQ(store->load(ExecutionId{1})->version, 1u);
}

}  // namespace
}  // namespace stepd::storage::test
