// Versions, aliases and tags of state machines, over each store: what is taken, what is refused, what goes along.
#include "storage/memory/memory_store.h"
#include "storage/sqlite/sqlite_store.h"
#include "storage/store_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepd::storage::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Versions : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    open();
    ASSERT_EQ(write_now(*store_, PutStateMachine{machine_record(), ""}), Outcome::Committed);
  }
  void open() { store_ = GetParam() == std::string("sqlite") ? open_sqlite(dir_.path()) : open_memory(); }
  /// What is durable is read again from the files.
  void reopen() {
    if (GetParam() != std::string("sqlite")) return;
    store_.reset();
    open();
  }
  const Reader& reader() const { return store_->reader(); }
  Outcome write(Write write) { return write_now(*store_, std::move(write)); }

  Outcome publish(std::uint32_t number, const std::string& revision = "r1") {
    return write(PutVersion{{kMachine, number, revision, "v" + std::to_string(number), at(number)}});
  }
  void add_revision(const std::string& revision, const std::string& before) {
    ASSERT_EQ(write(PutStateMachine{machine_record(kMachine, revision), before}), Outcome::Committed);
  }
  static AliasRecord alias_to(std::vector<Route> routes, const std::string& name = "PROD") {
    return {kMachine, name, "for all", std::move(routes), at(5), at(6)};
  }
  std::vector<std::uint32_t> listed(std::uint32_t before = UINT32_MAX, std::size_t limit = 10) const {
    std::vector<std::uint32_t> found;
    for (const auto& record : reader().versions(kMachine, before, limit)) found.push_back(record.number);
    return found;
  }

  TempDir dir_{On::Memory};
  std::unique_ptr<Store> store_;
};

TEST_P(Versions, AreNumberedOneByOneAndKeepWhatTheyNamed) {
  ASSERT_EQ(publish(1), Outcome::Committed);
  add_revision("r2", "r1");
  EXPECT_EQ(publish(1, "r2"), Outcome::NameTaken);
  EXPECT_EQ(publish(3, "r2"), Outcome::NameTaken);
  EXPECT_EQ(publish(2), Outcome::NameTaken) << "the revision has a version";
  EXPECT_EQ(publish(2, "none"), Outcome::Conflict);
  ASSERT_EQ(publish(2, "r2"), Outcome::Committed);
  reopen();
  const auto first = reader().version(kMachine, 1);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->machine_arn, kMachine);
  EXPECT_EQ(first->revision_id, "r1");
  EXPECT_EQ(first->description, "v1");
  EXPECT_EQ(first->created_at, at(1));
  EXPECT_EQ(reader().version_of(kMachine, "r2")->number, 2U);
  EXPECT_FALSE(reader().version_of(kMachine, "r3"));
  EXPECT_THAT(listed(), ElementsAre(2U, 1U));
  EXPECT_THAT(listed(2), ElementsAre(1U));
  EXPECT_THAT(listed(UINT32_MAX, 1), ElementsAre(2U));
}

TEST_P(Versions, NeverGiveANumberTwice) {
  ASSERT_EQ(publish(1), Outcome::Committed);
  EXPECT_EQ(write(DeleteVersion{kMachine, 1}), Outcome::Committed);
  EXPECT_EQ(write(DeleteVersion{kMachine, 1}), Outcome::Committed) << "it is gone already";
  EXPECT_EQ(reader().tally_versions(kMachine).count, 0U);
  EXPECT_EQ(reader().tally_versions(kMachine).last, 1U);
  EXPECT_EQ(publish(1), Outcome::NameTaken);
  EXPECT_EQ(publish(2), Outcome::Committed);
  EXPECT_THAT(listed(), ElementsAre(2U));
}

TEST_P(Versions, ArePublishedWithARevisionOrNeitherIsStored) {
  const VersionRecord second{kMachine, 2, "r2", "", at(3)};
  EXPECT_EQ(write(PutStateMachine{machine_record(kMachine, "r2"), "r1", second}), Outcome::NameTaken);
  EXPECT_FALSE(reader().revision(kMachine, "r2"));
  auto first = second;
  first.number = 1;
  EXPECT_EQ(write(PutStateMachine{machine_record(kMachine, "r2"), "r1", first}), Outcome::Committed);
  EXPECT_EQ(reader().version(kMachine, 1)->revision_id, "r2");
}

TEST_P(Versions, StayWhileAnAliasRoutesToThem) {
  add_revision("r2", "r1");
  publish(1);
  publish(2, "r2");
  EXPECT_EQ(write(PutAlias{alias_to({{3, 100}}), std::nullopt}), Outcome::Conflict);
  const std::vector<Route> both{{1, 30}, {2, 70}};
  ASSERT_EQ(write(PutAlias{alias_to(both), std::nullopt}), Outcome::Committed);
  EXPECT_EQ(write(DeleteVersion{kMachine, 1}), Outcome::Conflict);
  EXPECT_EQ(write(DeleteVersion{kMachine, 2}), Outcome::Conflict);
  reopen();
  const auto alias = reader().alias(kMachine, "PROD");
  ASSERT_TRUE(alias);
  EXPECT_EQ(alias->machine_arn, kMachine);
  EXPECT_EQ(alias->description, "for all");
  EXPECT_EQ(alias->routes, both);
  EXPECT_EQ(alias->created_at, at(5));
  EXPECT_EQ(alias->updated_at, at(6));

  auto other = alias_to({{2, 100}});
  other.updated_at = at(7);
  EXPECT_EQ(write(PutAlias{other, std::nullopt}), Outcome::NameTaken);
  EXPECT_EQ(write(PutAlias{other, at(5)}), Outcome::NameTaken);
  EXPECT_EQ(write(PutAlias{other, at(6)}), Outcome::Committed);
  EXPECT_THAT(reader().alias(kMachine, "PROD")->routes, ElementsAre(Route{2, 100}));
  EXPECT_EQ(write(DeleteVersion{kMachine, 1}), Outcome::Committed);
  EXPECT_EQ(write(DeleteAlias{kMachine, "PROD"}), Outcome::Committed);
  EXPECT_FALSE(reader().alias(kMachine, "PROD"));
  EXPECT_EQ(write(DeleteVersion{kMachine, 2}), Outcome::Committed);
}

TEST_P(Versions, AliasesAreListedByName) {
  publish(1);
  for (const char* name : {"b", "c", "a"}) write(PutAlias{alias_to({{1, 100}}, name), std::nullopt});
  const auto found = reader().aliases(kMachine, "a", 1);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, "b");
  EXPECT_EQ(reader().aliases(kMachine, "", 10).size(), 3U);
}

TEST_P(Versions, AliasesHaveALimitForNewOnes) {
  publish(1);
  write(PutAlias{alias_to({{1, 100}}, "a"), std::nullopt});
  EXPECT_EQ(write(PutAlias{alias_to({{1, 100}}, "b"), std::nullopt, 1}), Outcome::Conflict);
  EXPECT_EQ(write(PutAlias{alias_to({{1, 100}}, "a"), at(6), 1}), Outcome::Committed);
  EXPECT_EQ(write(PutAlias{alias_to({{1, 100}}, "b"), std::nullopt, 2}), Outcome::Committed);
}

TEST_P(Versions, TagsArePutAndRemovedUpToALimit) {
  EXPECT_EQ(write(ChangeTags{kMachine, {{"b", "1"}, {"a", "2"}, {"b", "3"}}, {}, 2}), Outcome::Committed);
  EXPECT_EQ(write(ChangeTags{kMachine, {{"c", ""}}, {}, 2}), Outcome::Conflict);
  EXPECT_EQ(write(ChangeTags{"arn:none", {{"c", ""}}, {}, 2}), Outcome::Conflict);
  reopen();
  EXPECT_THAT(reader().tags(kMachine), ElementsAre(Tag{"a", "2"}, Tag{"b", "3"}));
  EXPECT_EQ(write(ChangeTags{kMachine, {{"c", ""}}, {"b", "none"}, 2}), Outcome::Committed);
  EXPECT_THAT(reader().tags(kMachine), ElementsAre(Tag{"a", "2"}, Tag{"c", ""}));
}

TEST_P(Versions, GoWithTheirStateMachineAndDoNotComeBack) {
  publish(1);
  write(PutAlias{alias_to({{1, 100}}), std::nullopt});
  write(ChangeTags{kMachine, {{"a", "1"}}, {}});
  write(start_of(1, "open"));
  ASSERT_EQ(write(DeleteStateMachine{kMachine}), Outcome::Committed);
  EXPECT_FALSE(reader().version(kMachine, 1));
  EXPECT_EQ(write(PutAlias{alias_to({{1, 100}}), std::nullopt}), Outcome::Conflict);
  EXPECT_EQ(publish(2), Outcome::Conflict);
  ASSERT_EQ(write(end_of(1, 1, 4)), Outcome::Committed);
  store_->flush();
  ASSERT_EQ(write(PutStateMachine{machine_record(), "", std::nullopt, {{"new", "1"}}}), Outcome::Committed);
  EXPECT_THAT(listed(), IsEmpty());
  EXPECT_THAT(reader().aliases(kMachine, "", 10), IsEmpty());
  EXPECT_THAT(reader().tags(kMachine), ElementsAre(Tag{"new", "1"}));
  EXPECT_EQ(publish(1), Outcome::Committed) << "a new state machine counts anew";
}

TEST_P(Versions, ExecutionsRememberTheVersionAndAliasTheyWereStartedBy) {
  const auto start = [&](std::int64_t id, std::uint32_t version, const std::string& alias) {
    auto delta = start_of(id, "e" + std::to_string(id));
    delta.created->machine_version = version;
    delta.created->machine_alias = alias;
    ASSERT_EQ(write(std::move(delta)), Outcome::Committed);
  };
  start(1, 0, "");
  start(2, 1, "");
  start(3, 1, "PROD");
  start(4, 2, "PROD");
  write(end_of(2, 1, 4));
  reopen();
  EXPECT_EQ(reader().execution(execution_arn("e4"))->machine_version, 2U);
  EXPECT_EQ(reader().execution(execution_arn("e4"))->machine_alias, "PROD");
  EXPECT_EQ(store_->load(ExecutionId{3})->record.machine_alias, "PROD");
  ExecutionQuery query{.state_machine_arn = kMachine};
  query.machine_version = 1;
  EXPECT_THAT(names(reader().executions(query)), ElementsAre("e3", "e2"));
  query.status = ExecutionStatus::Running;
  EXPECT_THAT(names(reader().executions(query)), ElementsAre("e3"));
  query.machine_version.reset();
  query.machine_alias = "PROD";
  EXPECT_THAT(names(reader().executions(query)), ElementsAre("e4", "e3"));
  query.before = ExecutionId{4};
  EXPECT_THAT(names(reader().executions(query)), ElementsAre("e3"));
  EXPECT_THAT(reader().executions({.state_machine_arn = kMachine, .machine_alias = "NONE"}), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Stores, Versions, ::testing::Values("memory", "sqlite"),
                         [](const auto& tested) { return std::string(tested.param); });

}  // namespace
}  // namespace stepd::storage::test
