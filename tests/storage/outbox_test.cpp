// Messages that wait for their delivery: put alone or with a turn, bounded, found by when they are due. Over each
// store.
#include "storage/memory/memory_store.h"
#include "storage/sqlite/sqlite_store.h"
#include "storage/store_fixture.h"
#include "storage/stored_outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepd::storage::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

OutboxRecord message(const std::string& id, const std::string& destination = "topic/news/hook", std::int64_t due = 10) {
  return {id, destination, "body of " + id, 0, at(due), at(5)};
}

class OutboxOfEveryStore : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    open();
    ASSERT_EQ(write(PutStateMachine{machine_record(), ""}), Outcome::Committed);
  }
  void open() { store_ = GetParam() == std::string("sqlite") ? open_sqlite(dir_.path()) : open_memory(); }
  /// What is durable is read again from the files.
  void reopen() {
    if (GetParam() != std::string("sqlite")) return;
    store_.reset();
    open();
  }
  Outcome write(Write write) { return write_now(*store_, std::move(write)); }
  const Reader& reader() const { return store_->reader(); }
  std::vector<std::string> ids(const std::string& destination = "topic/news/hook", std::size_t limit = 100) const {
    std::vector<std::string> found;
    for (const auto& head : reader().outbox(destination, limit)) found.push_back(head.id);
    return found;
  }
  static ExecutionDelta telling(ExecutionDelta delta, std::vector<OutboxRecord> records, OutboxLimits limits = {}) {
    delta.outbox = {std::move(records), limits};
    return delta;
  }

  TempDir dir_{On::Memory};
  std::unique_ptr<Store> store_;
};

TEST_P(OutboxOfEveryStore, IsEmptyAtFirst) {
  EXPECT_THAT(ids(), IsEmpty());
  EXPECT_THAT(reader().outbox_destinations(), IsEmpty());
  EXPECT_EQ(reader().tally_outbox(), OutboxTally{});
  EXPECT_FALSE(reader().outbox_body("topic/news/hook", "m1"));
}

TEST_P(OutboxOfEveryStore, KeepsAMessageForEachOfItsDestinations) {
  auto first = message("m1");
  first.attempts = 3;
  const std::string binary("\xff\0\n", 3);
  auto second = message("m1", "topic/news/mail");
  second.body = binary;
  ASSERT_EQ(write(PutOutbox{{first, second, message("m2", "rule/ended")}}), Outcome::Committed);
  reopen();
  EXPECT_THAT(reader().outbox_destinations(), ElementsAre("rule/ended", "topic/news/hook", "topic/news/mail"));
  EXPECT_THAT(reader().outbox("topic/news/hook", 10), ElementsAre(OutboxHead{"m1", 3, at(10)}));
  EXPECT_EQ(reader().outbox_body("topic/news/hook", "m1"), first.body);
  EXPECT_EQ(reader().outbox_body("topic/news/mail", "m1"), binary);
  EXPECT_FALSE(reader().outbox_body("topic/news/mail", "m2"));
  EXPECT_EQ(reader().tally_outbox(), (OutboxTally{3, first.body.size() + 3 + 10, 0}));
}

TEST_P(OutboxOfEveryStore, LeavesAMessageThatIsThereAsItIs) {
  auto again = message("m1", "topic/news/hook", 99);
  again.body = "another";
  ASSERT_EQ(write(PutOutbox{{message("m1")}}), Outcome::Committed);
  ASSERT_EQ(write(PutOutbox{{again, message("m2")}}), Outcome::Committed);
  EXPECT_THAT(ids(), ElementsAre("m1", "m2"));
  EXPECT_EQ(reader().outbox_body("topic/news/hook", "m1"), "body of m1");
  EXPECT_EQ(reader().tally_outbox(), (OutboxTally{2, 20, 0}));
}

TEST_P(OutboxOfEveryStore, ShowsThemByWhenTheyAreDueThenByWhenTheyCame) {
  const std::string hook = "topic/news/hook";
  ASSERT_EQ(write(PutOutbox{{message("late", hook, 30), message("b", hook, 20), message("a", hook, 20)}}),
            Outcome::Committed);
  ASSERT_EQ(write(PutOutbox{{message("early", hook, 10), message("elsewhere", "rule/ended", 1)}}), Outcome::Committed);
  EXPECT_THAT(ids(), ElementsAre("early", "b", "a", "late"));
  EXPECT_THAT(ids(hook, 2), ElementsAre("early", "b"));
  ASSERT_EQ(write(RetryOutbox{hook, {"early", 1, at(25)}}), Outcome::Committed);
  reopen();
  EXPECT_THAT(ids(), ElementsAre("b", "a", "early", "late"));
  EXPECT_EQ(reader().outbox(hook, 3).back(), (OutboxHead{"early", 1, at(25)}));
}

TEST_P(OutboxOfEveryStore, RemovesWhatIsDelivered) {
  ASSERT_EQ(write(PutOutbox{{message("m1"), message("m2"), message("m1", "rule/ended")}}), Outcome::Committed);
  EXPECT_EQ(write(RemoveOutbox{"topic/news/hook", "m1"}), Outcome::Committed);
  EXPECT_EQ(write(RemoveOutbox{"topic/news/hook", "m1"}), Outcome::Committed) << "it is gone already";
  EXPECT_EQ(write(RetryOutbox{"topic/news/hook", {"m1", 1, at(1)}}), Outcome::Committed) << "likewise";
  reopen();
  EXPECT_THAT(ids(), ElementsAre("m2"));
  EXPECT_THAT(ids("rule/ended"), ElementsAre("m1"));
  EXPECT_EQ(reader().tally_outbox(), (OutboxTally{2, 20, 0}));
  write(RemoveOutbox{"rule/ended", "m1"});
  EXPECT_THAT(reader().outbox_destinations(), ElementsAre("topic/news/hook"));
}

TEST_P(OutboxOfEveryStore, TakesAllOfAPutOrNothing) {
  const OutboxLimits limits{3, 25};
  ASSERT_EQ(write(PutOutbox{{message("m1")}, limits}), Outcome::Committed);
  EXPECT_EQ(write(PutOutbox{{message("m2"), message("m3")}, limits}), Outcome::Conflict) << "30 bytes";
  EXPECT_THAT(ids(), ElementsAre("m1"));
  EXPECT_EQ(write(PutOutbox{{message("m2")}, limits}), Outcome::Committed);
  const OutboxLimits few{2, 1'000};
  EXPECT_EQ(write(PutOutbox{{message("m3")}, few}), Outcome::Conflict) << "3 messages";
  write(RemoveOutbox{"topic/news/hook", "m1"});
  EXPECT_EQ(write(PutOutbox{{message("m3")}, few}), Outcome::Committed) << "there is room again";
  EXPECT_EQ(reader().tally_outbox(), (OutboxTally{2, 20, 0}));
}

TEST_P(OutboxOfEveryStore, TakesMessagesWithATurnOrNotAtAll) {
  ASSERT_EQ(write(telling(start_of(1, "one"), {message("began")})), Outcome::Committed);
  EXPECT_THAT(ids(), ElementsAre("began"));
  EXPECT_EQ(write(telling(start_of(2, "one"), {message("taken")})), Outcome::NameTaken);
  EXPECT_EQ(write(telling(step_of(1, 7, 4), {message("stale")})), Outcome::Conflict);
  EXPECT_EQ(write(telling(step_of(1, 1, 3), {message("repeated event")})), Outcome::Conflict);
  EXPECT_THAT(ids(), ElementsAre("began"));
  ASSERT_EQ(write(telling(end_of(1, 1, 4), {message("ended"), message("ended", "rule/ended")})), Outcome::Committed);
  reopen();
  EXPECT_THAT(ids(), ElementsAre("began", "ended"));
  EXPECT_THAT(ids("rule/ended"), ElementsAre("ended"));
  EXPECT_EQ(write(DeleteStateMachine{kMachine}), Outcome::Committed);
  EXPECT_THAT(ids(), ElementsAre("began", "ended")) << "a message outlives what it tells of";
}

TEST_P(OutboxOfEveryStore, HoldsNoExecutionUpWhenItIsFull) {
  const OutboxLimits one{1, 1'000};
  ASSERT_EQ(write(telling(start_of(1, "one"), {message("began")}, one)), Outcome::Committed);
  ASSERT_EQ(write(telling(end_of(1, 1, 4), {message("a"), message("b")}, one)), Outcome::Committed);
  reopen();
  EXPECT_EQ(reader().execution(execution_arn("one"))->status, ExecutionStatus::Succeeded);
  EXPECT_THAT(ids(), ElementsAre("began"));
  EXPECT_EQ(reader().tally_outbox(), (OutboxTally{1, 13, 2}));
}

TEST_P(OutboxOfEveryStore, IsADoorOfItsOwn) {
  const auto outbox = make_outbox(*store_, {2, 1'000});
  ASSERT_TRUE(outbox->put({message("m1"), message("m2", "rule/ended")}).has_value());
  const auto full = outbox->put({message("m3")});
  ASSERT_FALSE(full.has_value());
  EXPECT_EQ(full.error().name, "Notify.Failed");
  EXPECT_THAT(full.error().cause, HasSubstr("no room"));
  EXPECT_THAT(outbox->destinations().value(), ElementsAre("rule/ended", "topic/news/hook"));
  EXPECT_EQ(outbox->body("rule/ended", "m2").value(), "body of m2");
  bool put_off = false;
  outbox->put_off("topic/news/hook", {"m1", 4, at(44)}, [&](bool stored) { put_off = stored; });
  store_->flush();
  EXPECT_TRUE(put_off);
  EXPECT_THAT(outbox->next("topic/news/hook", 10).value(), ElementsAre(OutboxHead{"m1", 4, at(44)}));
  bool removed = false;
  outbox->remove("topic/news/hook", "m1", [&](bool stored) { removed = stored; });
  store_->flush();
  EXPECT_TRUE(removed);
  EXPECT_THAT(outbox->next("topic/news/hook", 10).value(), IsEmpty());
  EXPECT_EQ(outbox->dropped().value(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Stores, OutboxOfEveryStore, ::testing::Values("memory", "sqlite"),
                         [](const auto& tested) { return std::string(tested.param); });

}  // namespace
}  // namespace stepd::storage::test
