// Versions, aliases and tags over each store: what is given a number, what an alias leads to, what is refused.
#include "engine/run/versions.h"

#include "base/limits.h"
#include "engine/run/engine.h"
#include "engine/run/machines.h"
#include "run/no_services.h"
#include "storage/memory/memory_store.h"
#include "storage/sqlite/sqlite_store.h"
#include "support/ask.h"
#include "support/manual_clock.h"

#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

namespace stepd::test {
namespace {

using run::RefusalCode;
using storage::Route;
using storage::Tag;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kMachine = "arn:aws:states:us-east-1:123456789012:stateMachine:m";

std::string passing(const std::string& result) {
  return R"({"StartAt":"P","States":{"P":{"Type":"Pass","Result":")" + result + R"(","End":true}}})";
}

class VersionsTest : public testing::TestWithParam<const char*> {
 protected:
  VersionsTest() {
    folder_ = std::filesystem::temp_directory_path() / ("stepd-versions-" + std::to_string(getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    store_ = GetParam() == std::string_view("memory") ? storage::open_memory() : storage::open_sqlite(folder_);
    options_.random = [this] { return bits_.load(); };
    engine_ = run::make_engine(options_, *store_, clock_, no_services);
    engine_->resume();
  }
  ~VersionsTest() override {
    engine_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  run::Answer<run::CreatedStateMachine> create(bool publish = false, const std::string& description = "") {
    run::CreateStateMachine request{.name = "m", .definition = passing("one"), .role_arn = "r"};
    request.publish = publish;
    request.version_description = description;
    return ask<run::CreatedStateMachine>([&](auto reply) { engine_->create_state_machine(request, reply); });
  }
  run::Answer<run::UpdatedStateMachine> update(const std::string& result, bool publish = false) {
    run::UpdateStateMachine request{.arn = kMachine, .definition = passing(result)};
    request.publish = publish;
    return ask<run::UpdatedStateMachine>([&](auto reply) { engine_->update_state_machine(request, reply); });
  }
  run::Answer<run::PublishedVersion> publish(std::optional<std::string> revision = {}) {
    return ask<run::PublishedVersion>([&](auto reply) {
      engine_->publish_version({kMachine, revision, "described"}, reply);
    });
  }
  run::Answer<std::monostate> remove(std::uint32_t version) {
    return ask<std::monostate>([&](auto reply) { engine_->delete_version({kMachine, version}, reply); });
  }
  run::Answer<run::CreatedAlias> create_alias(const std::string& name, std::vector<Route> routes,
                                              const std::string& description = "") {
    return ask<run::CreatedAlias>([&](auto reply) {
      engine_->create_alias({kMachine, name, description, routes}, reply);
    });
  }
  run::Answer<run::UpdatedAlias> update_alias(const std::string& name, std::vector<Route> routes) {
    return ask<run::UpdatedAlias>([&](auto reply) {
      engine_->update_alias({kMachine, name, std::nullopt, routes}, reply);
    });
  }
  run::Answer<std::monostate> change_tags(std::vector<Tag> put, std::vector<std::string> removed = {},
                                          const std::string& arn = kMachine) {
    return ask<std::monostate>([&](auto reply) { engine_->change_tags({arn, put, removed}, reply); });
  }
  run::Answer<run::StartedExecution> start(const std::string& arn) {
    return ask<run::StartedExecution>(
        [&](auto reply) { engine_->start_execution({.state_machine_arn = arn}, std::move(reply)); });
  }
  /// The execution that was started by `arn`, once it has ended.
  storage::ExecutionRecord run(const std::string& arn) {
    const auto started = start(arn);
    if (!started.has_value()) throw std::runtime_error(started.error().message);
    const auto limit = std::chrono::steady_clock::now() + kReplyDeadline;
    for (;;) {
      auto record = store_->reader().execution(started->arn);
      if (record && record->status != storage::ExecutionStatus::Running) return *record;
      if (std::chrono::steady_clock::now() > limit) throw std::runtime_error(started->arn + " does not end");
      std::this_thread::yield();
    }
  }
  template <class T>
  static void expect_refusal(const run::Answer<T>& answer, RefusalCode code, const std::string& words,
                             const std::string& resource = "") {
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code, code) << answer.error().message;
    EXPECT_THAT(answer.error().message, HasSubstr(words));
    EXPECT_EQ(answer.error().resource, resource);
  }

  std::filesystem::path folder_;
  ManualClock clock_;
  std::atomic<std::uint64_t> bits_{0};
  run::EngineOptions options_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<run::Engine> engine_;
};

TEST_P(VersionsTest, ARevisionIsPublishedOnce) {
  create();
  const auto first = publish();
  EXPECT_EQ(first.value().number, 1U);
  clock_.advance(std::chrono::seconds(1));
  const auto again = publish();
  EXPECT_EQ(again.value().number, 1U);
  EXPECT_EQ(again.value().created_at, first.value().created_at);
  EXPECT_EQ(store_->reader().version(kMachine, 1)->description, "described");
  update("two");
  EXPECT_EQ(publish().value().number, 2U);
  expect_refusal(ask<run::PublishedVersion>([&](auto reply) {
                   engine_->publish_version({"arn:none", {}, ""}, reply);
                 }),
                 RefusalCode::StateMachineDoesNotExist, "arn:none");
}

TEST_P(VersionsTest, OnlyTheRevisionThatTheCallerKnowsIsPublished) {
  create();
  expect_refusal(publish("other"), RefusalCode::ConflictException, "The current State Machine revision is INITIAL.");
  EXPECT_EQ(publish("INITIAL").value().number, 1U);
  const auto second = update("two").value().revision_id;
  ASSERT_FALSE(second.empty());
  expect_refusal(publish("INITIAL"), RefusalCode::ConflictException, second);
  EXPECT_EQ(publish(second).value().number, 2U);
}

TEST_P(VersionsTest, CreatingWithPublishIsIdempotentByTheVersionsDescriptionToo) {
  const auto created = create(true, "first");
  EXPECT_EQ(created.value().version, 1U);
  EXPECT_EQ(create(true, "first").value().version, 1U);
  expect_refusal(create(true, "other"), RefusalCode::StateMachineAlreadyExists, kMachine);
  EXPECT_EQ(create().value().version, 0U);
}

TEST_P(VersionsTest, AnUpdatePublishesWhatItMakesOrWhatIsThere) {
  create();
  const auto updated = update("two", true);
  EXPECT_EQ(updated.value().version, 1U);
  EXPECT_EQ(store_->reader().version(kMachine, 1)->revision_id, updated.value().revision_id);
  EXPECT_EQ(update("two", true).value().version, 1U);
  EXPECT_EQ(update("three").value().version, 0U);
  EXPECT_EQ(update("three", true).value().version, 2U);
}

TEST_P(VersionsTest, ManyThatPublishAtOnceGetOneVersion) {
  create();
  std::vector<std::future<std::uint32_t>> numbers;
  for (int i = 0; i < 20; ++i) {
    auto promise = std::make_shared<std::promise<std::uint32_t>>();
    numbers.push_back(promise->get_future());
    engine_->publish_version({kMachine, std::nullopt, ""}, [promise](const auto& answer) {
      promise->set_value(answer.has_value() ? answer->number : 0);
    });
  }
  for (auto& number : numbers) EXPECT_EQ(number.get(), 1U);
}

TEST_P(VersionsTest, AVersionRunsAsItWasPublished) {
  create(true);
  update("two");
  const auto versioned = run(kMachine + ":1");
  EXPECT_EQ(versioned.output, R"("one")");
  EXPECT_EQ(versioned.state_machine_arn, kMachine);
  EXPECT_EQ(versioned.machine_version, 1U);
  EXPECT_EQ(versioned.machine_alias, "");
  const auto newest = run(kMachine);
  EXPECT_EQ(newest.output, R"("two")");
  EXPECT_EQ(newest.machine_version, 0U);
  for (const char* missing : {":2", ":NONE"}) {
    expect_refusal(start(kMachine + missing), RefusalCode::StateMachineDoesNotExist, kMachine + missing);
  }
}

TEST_P(VersionsTest, AnAliasLeadsToItsVersionsByWeight) {
  create(true);
  update("two", true);
  create_alias("PROD", {{1, 30}, {2, 70}});
  bits_ = 29;
  EXPECT_EQ(run(kMachine + ":PROD").output, R"("one")");
  bits_ = 130;
  const auto other = run(kMachine + ":PROD");
  EXPECT_EQ(other.output, R"("two")");
  EXPECT_EQ(other.machine_version, 2U);
  EXPECT_EQ(other.machine_alias, "PROD");
  ASSERT_TRUE(update_alias("PROD", {{1, 100}}).has_value());
  EXPECT_EQ(run(kMachine + ":PROD").machine_version, 1U);
}

TEST_P(VersionsTest, AVersionStaysCompiledBetweenItsStarts) {
  create(true);
  update("two");
  run::Machines machines("us-east-1", "123456789012", *store_, clock_);
  const std::weak_ptr<const run::Machine> first = machines.choose(kMachine + ":1", 0)->machine;
  machines.choose(kMachine, 0);
  EXPECT_FALSE(first.expired());
}

TEST_P(VersionsTest, AStateMachineHasAThousandVersionsAtMost) {
  create(true);
  for (std::size_t i = 1; i < limits::kVersions; ++i) {
    ASSERT_EQ(update(std::to_string(i), true).value().version, i + 1);
  }
  expect_refusal(update("more", true), RefusalCode::ServiceQuotaExceededException, "1000 versions");
  EXPECT_EQ(update("unpublished").value().version, 0U);
  expect_refusal(publish(), RefusalCode::ServiceQuotaExceededException, "1000 versions");
  ASSERT_TRUE(remove(7).has_value());
  EXPECT_EQ(publish().value().number, limits::kVersions + 1);
}

TEST(Routes, AreChosenInProportionToTheirWeights) {
  const std::vector<Route> routes{{1, 0}, {2, 25}, {3, 75}};
  std::map<std::uint32_t, int> chosen;
  for (std::uint64_t bits = 0; bits < 1'000; ++bits) ++chosen[run::choose_route(routes, bits)];
  EXPECT_EQ(chosen, (std::map<std::uint32_t, int>{{2, 250}, {3, 750}}));
}

TEST_P(VersionsTest, AVersionThatAnAliasUsesStays) {
  create(true);
  update("two", true);
  create_alias("PROD", {{1, 50}, {2, 50}});
  create_alias("BETA", {{1, 100}});
  expect_refusal(remove(1), RefusalCode::ConflictException, "referencing this version: [BETA, PROD]");
  expect_refusal(remove(2), RefusalCode::ConflictException, "referencing this version: [PROD]");
  ASSERT_TRUE(update_alias("PROD", {{2, 100}}).has_value());
  ASSERT_TRUE(ask<std::monostate>([&](auto reply) { engine_->delete_alias({kMachine, "BETA"}, reply); }).has_value());
  EXPECT_TRUE(remove(1).has_value());
  EXPECT_TRUE(remove(1).has_value()) << "it is gone already";
  expect_refusal(start(kMachine + ":1"), RefusalCode::StateMachineDoesNotExist, ":1");
  EXPECT_EQ(publish().value().number, 2U);
  update("three");
  EXPECT_EQ(publish().value().number, 3U) << "no number is given twice";
}

TEST_P(VersionsTest, AnAliasIsCreatedOnce) {
  create(true);
  update("two", true);
  const auto first = create_alias("PROD", {{1, 100}}, "for all");
  clock_.advance(std::chrono::seconds(1));
  EXPECT_EQ(create_alias("PROD", {{1, 100}}, "for all").value().created_at, first.value().created_at);
  expect_refusal(create_alias("PROD", {{1, 100}}, "other"), RefusalCode::ConflictException, "already exists");
  expect_refusal(create_alias("PROD", {{2, 100}}, "for all"), RefusalCode::ConflictException, "already exists");
}

TEST_P(VersionsTest, AnAliasIsUpdatedOnceByTheSameWords) {
  create(true);
  const auto created = create_alias("PROD", {{1, 100}});
  clock_.advance(std::chrono::seconds(1));
  EXPECT_EQ(update_alias("PROD", {{1, 100}}).value().updated_at, created.value().created_at);
  update("two", true);
  const auto updated = update_alias("PROD", {{2, 100}});
  EXPECT_EQ(updated.value().updated_at, clock_.now());
  clock_.advance(std::chrono::seconds(1));
  EXPECT_EQ(update_alias("PROD", {{2, 100}}).value().updated_at, updated.value().updated_at);
  EXPECT_EQ(store_->reader().alias(kMachine, "PROD")->updated_at, updated.value().updated_at);
}

TEST_P(VersionsTest, WhatAnAliasNeedsHasToBeThere) {
  const std::string words = "Request references a resource that does not exist.";
  expect_refusal(create_alias("PROD", {{1, 100}}), RefusalCode::ResourceNotFound, words, kMachine);
  create(true);
  expect_refusal(create_alias("PROD", {{1, 50}, {2, 50}}), RefusalCode::ResourceNotFound, words, kMachine + ":2");
  expect_refusal(update_alias("PROD", {{1, 100}}), RefusalCode::ResourceNotFound, words, kMachine + ":PROD");
  create_alias("PROD", {{1, 100}});
  expect_refusal(update_alias("PROD", {{3, 100}}), RefusalCode::ResourceNotFound, words, kMachine + ":3");
}

TEST_P(VersionsTest, AnAliasThatIsNotThereIsDeletedWithSuccess) {
  const auto remove = [&](const std::string& name) {
    return ask<std::monostate>([&](auto reply) { engine_->delete_alias({kMachine, name}, reply); });
  };
  EXPECT_TRUE(remove("NONE").has_value()) << "nor is its state machine";
  create(true);
  create_alias("PROD", {{1, 100}});
  EXPECT_TRUE(remove("NONE").has_value());
  EXPECT_TRUE(store_->reader().alias(kMachine, "PROD").has_value());
  EXPECT_TRUE(remove("PROD").has_value());
  EXPECT_TRUE(remove("PROD").has_value());
}

TEST_P(VersionsTest, AStateMachineHasAHundredAliasesAtMost) {
  create(true);
  for (std::size_t i = 0; i < limits::kAliases; ++i) {
    ASSERT_TRUE(create_alias("a" + std::to_string(i), {{1, 100}}).has_value());
  }
  expect_refusal(create_alias("more", {{1, 100}}), RefusalCode::ServiceQuotaExceededException, "100 aliases");
  EXPECT_TRUE(create_alias("a7", {{1, 100}}).has_value()) << "that one is there";
  EXPECT_TRUE(update_alias("a7", {{1, 100}}).has_value());
}

TEST_P(VersionsTest, TagsAreLimitedToFifty) {
  create();
  std::vector<Tag> tags;
  for (std::size_t i = 0; i < limits::kTags; ++i) tags.push_back({"k" + std::to_string(i), "v"});
  EXPECT_TRUE(change_tags(tags).has_value());
  EXPECT_TRUE(change_tags({{"k0", "again"}}).has_value());
  expect_refusal(change_tags({{"more", ""}}), RefusalCode::TooManyTags, "50", kMachine);
  EXPECT_TRUE(change_tags({}, {"k1", "none"}).has_value());
  EXPECT_TRUE(change_tags({{"more", ""}}).has_value());
  EXPECT_EQ(store_->reader().tags(kMachine).size(), limits::kTags);
  expect_refusal(change_tags({{"a", ""}}, {}, "arn:none"), RefusalCode::ResourceNotFound, "arn:none", "arn:none");
}

TEST_P(VersionsTest, AreForgottenWithTheirStateMachine) {
  create(true);
  create_alias("PROD", {{1, 100}});
  change_tags({{"a", "1"}});
  ASSERT_TRUE(ask<std::monostate>([&](auto reply) { engine_->delete_state_machine(kMachine, reply); }).has_value());
  store_->flush();
  expect_refusal(start(kMachine + ":1"), RefusalCode::StateMachineDoesNotExist, ":1");
  expect_refusal(start(kMachine + ":PROD"), RefusalCode::StateMachineDoesNotExist, ":PROD");
  ASSERT_TRUE(create().has_value());
  EXPECT_THAT(store_->reader().tags(kMachine), ElementsAre());
  EXPECT_EQ(publish().value().number, 1U);
}

INSTANTIATE_TEST_SUITE_P(Stores, VersionsTest, testing::Values("memory", "sqlite"),
                         [](const auto& tested) { return std::string(tested.param); });

}  // namespace
}  // namespace stepd::test
