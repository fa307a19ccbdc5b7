// A database with a damaged page: what lies on it is lost, and nothing else.
#include "storage/sqlite/sqlite_connection.h"
#include "storage/sqlite/sqlite_store.h"
#include "storage/store_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>

namespace stepd::storage::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kAll = 40;
constexpr std::size_t kPage = 8'192;

/// Part of what the one execution stores, and of nothing else in the file.
std::string mark(const std::string& what, std::int64_t id) { return what + " of " + std::to_string(id) + ";"; }

class Damage : public ::testing::Test {
 protected:
  void SetUp() override {
    store_ = open_sqlite(dir_.path());
    ASSERT_EQ(write(PutStateMachine{machine_record(), ""}), Outcome::Committed);
    // Some four rows of each table to a page.
    const std::string rest(1'900, '.');
    for (std::int64_t id = 1; id <= kAll; ++id) {
      auto delta = start_of(id, "e" + std::to_string(id));
      delta.head = mark("head", id) + rest;
      delta.frames = {{0, mark("frame", id) + rest}};
      delta.events = {{1, mark("event", id) + rest}};
      delta.payloads = {{store_->next_payload_id(), std::string(1, '\0') + mark("payload", id) + rest}};
      delta.created->input_id = delta.payloads[0].id;
      ASSERT_EQ(write(delta), Outcome::Committed);
    }
  }

  Outcome write(Write write) { return write_now(*store_, std::move(write)); }

  /// Overwrites a page with `what` of some execution on it, and answers whose. No page that leads to others is taken.
  std::int64_t damage(const std::string& what) {
    store_.reset();
    const auto path = dir_.path() / "stepd.db";
    // What once was on a page must not be found there.
    sqlite::Connection(path, sqlite::Access::ReadWrite).script("VACUUM");
    std::ifstream in(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    for (std::int64_t id = kAll / 2; id < kAll; ++id) {
      const auto page = bytes.find(mark(what, id)) / kPage * kPage;
      constexpr char kIndexLeaf = 10;
      constexpr char kTableLeaf = 13;
      if (bytes.at(page) != kIndexLeaf && bytes.at(page) != kTableLeaf) continue;
      std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
      file.seekp(static_cast<std::streamoff>(page));
      file << std::string(kPage, '\xee');
      file.close();
      store_ = open_sqlite(dir_.path());
      return id;
    }
    throw std::runtime_error("no leaf has a " + what);
  }

  /// Loads all: those that cannot be read.
  std::set<std::int64_t> unreadable() const {
    std::set<std::int64_t> lost;
    std::set<std::int64_t> loaded;
    store_->load_open([&](const OpenExecution& open) { loaded.insert(static_cast<std::int64_t>(open.record.id)); },
                      [&](ExecutionId id, const std::string& arn, const std::string& why) {
                        EXPECT_EQ(arn, execution_arn("e" + std::to_string(static_cast<std::int64_t>(id))));
                        EXPECT_FALSE(why.empty());
                        lost.insert(static_cast<std::int64_t>(id));
                      });
    for (const auto id : lost) EXPECT_FALSE(loaded.contains(id));
    EXPECT_EQ(lost.size() + loaded.size(), static_cast<std::size_t>(kAll)) << "each is answered for";
    return lost;
  }

  void expect_one_page_lost(const std::set<std::int64_t>& lost, std::int64_t damaged) const {
    EXPECT_TRUE(lost.contains(damaged));
    EXPECT_LE(lost.size(), 7u) << "those on the page, and neighbours whose rows end there";
    EXPECT_THROW(store_->load(ExecutionId{damaged}), StoreError);
    EXPECT_TRUE(store_->load(ExecutionId{1}));
    EXPECT_TRUE(store_->reader().execution(execution_arn("e1")));
    EXPECT_EQ(store_->reader().executions({}).size(), static_cast<std::size_t>(kAll));
  }

  /// As the engine does with executions that it cannot go on with.
  void give_up(const std::set<std::int64_t>& lost) {
    for (const auto id : lost) {
      EXPECT_EQ(write(PutQuarantine{{ExecutionId{id}, at(1), "", "it cannot be read"}}), Outcome::Committed);
      auto end = end_of(id, 0, 2, ExecutionStatus::Aborted);
      end.any_version = true;
      EXPECT_EQ(write(end), Outcome::Committed);
      EXPECT_FALSE(store_->load(ExecutionId{id}));
    }
    EXPECT_EQ(write(step_of(1, 1, 2)), Outcome::Committed) << "the store goes on";
    EXPECT_THAT(store_->reader().quarantined({}, 10), IsEmpty());
    EXPECT_EQ(all_open(*store_).size(), static_cast<std::size_t>(kAll) - lost.size());
  }

  TempDir dir_{On::Memory};
  std::unique_ptr<Store> store_;
};

TEST_F(Damage, OfAPageOfFramesCostsTheExecutionsOnIt) {
  const auto damaged = damage("frame");
  const auto lost = unreadable();
  expect_one_page_lost(lost, damaged);
  give_up(lost);
}

TEST_F(Damage, OfAPageOfHeadsCostsTheExecutionsOnIt) {
  const auto damaged = damage("head");
  const auto lost = unreadable();
  expect_one_page_lost(lost, damaged);
  give_up(lost);
}

TEST_F(Damage, OfAPageOfPayloadsCostsTheExecutionsOnIt) {
  const auto damaged = damage("payload");
  const auto lost = unreadable();
  expect_one_page_lost(lost, damaged);
  EXPECT_THROW(store_->reader().execution(execution_arn("e" + std::to_string(damaged))), StoreError);
  give_up(lost);
}

TEST_F(Damage, OfAPageOfEventsLeavesTheRestOfADeletedStateMachineToBeTakenAway) {
  for (std::int64_t id = 1; id <= kAll; ++id) ASSERT_EQ(write(end_of(id, 1, 2)), Outcome::Committed);
  const auto damaged = damage("event");
  ASSERT_EQ(write(DeleteStateMachine{kMachine}), Outcome::Committed);
  // What is deleted goes piece by piece, between other writes.
  const auto is_gone = [&](std::int64_t id) { return store_->reader().events(ExecutionId{id}, 1, 10, false).empty(); };
  for (int n = 0; n < 10'000 && !(is_gone(1) && is_gone(kAll)); ++n)
    ASSERT_EQ(write(put_item("t", std::to_string(n), "{}")), Outcome::Committed) << "the store goes on";
  EXPECT_THAT(store_->reader().executions({}), IsEmpty()) << "hidden";
  EXPECT_THAT(store_->reader().events(ExecutionId{1}, 1, 10, false), IsEmpty());
  EXPECT_THAT(store_->reader().events(ExecutionId{kAll}, 1, 10, false), IsEmpty());
  EXPECT_THROW(store_->reader().events(ExecutionId{damaged}, 1, 10, false), StoreError);
}

TEST_F(Damage, OfAHeadsBytesCostsItsExecution) {
  store_.reset();
  sqlite::Connection(dir_.path() / "stepd.db", sqlite::Access::ReadWrite)
      .script("UPDATE running SET head = x'ee' WHERE execution = 20; UPDATE frame SET data = x'' WHERE execution = 21");
  store_ = open_sqlite(dir_.path());
  EXPECT_THAT(unreadable(), ElementsAre(20, 21));
  give_up({20, 21});
}

TEST_F(Damage, OfAPayloadsBytesCostsItsExecution) {
  store_.reset();
  sqlite::Connection(dir_.path() / "stepd.db", sqlite::Access::ReadWrite)
      .script(
          "UPDATE payload SET data = substr(data, 2) WHERE execution = 20; DELETE FROM payload WHERE execution = 21");
  store_ = open_sqlite(dir_.path());
  EXPECT_THAT(unreadable(), ElementsAre(20, 21));
  give_up({20, 21});
}

}  // namespace
}  // namespace stepd::storage::test
