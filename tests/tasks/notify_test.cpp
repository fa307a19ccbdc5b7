#include "base/payload.h"
#include "handler_fixture.h"
#include "tasks/notify/topic_file.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <thread>

namespace stepd::test {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

TEST(NotifyPublish, AppendsOneJsonLinePerMessage) {
  Workbench bench;
  const auto result = bench.run("notify.publish", R"({"topic": "done", "subject": "Ready", "message": "a\nb",
      "attributes": {"status": {"DataType": "String", "StringValue": "SUCCESS"}}})");
  ASSERT_EQ(error_name(result), "none") << cause(result);
  ASSERT_EQ(error_name(bench.run("notify.publish", R"({"topic": "done", "message": {"n": 1}})", "attempt-2")), "none");
  const auto lines = lines_of(bench.topic_file());
  ASSERT_THAT(lines, SizeIs(2));
  const auto first = Json::parse(lines[0]);
  EXPECT_EQ(first.begin().key(), "messageId");
  EXPECT_EQ(first.at("messageId"), result->at("messageId"));
  EXPECT_EQ(first.at("topic"), "done");
  EXPECT_EQ(first.at("time"), to_rfc3339(bench.clock.now()));
  EXPECT_EQ(first.at("subject"), "Ready");
  EXPECT_EQ(first.at("text"), "a\nb");
  EXPECT_EQ(first.at("attributes").at("status").at("StringValue"), "SUCCESS");
  const auto second = Json::parse(lines[1]);
  EXPECT_EQ(second.at("text"), R"({"n":1})");
  EXPECT_EQ(second.at("message"), Json({{"n", 1}}));
  EXPECT_FALSE(second.contains("subject"));
}

TEST(NotifyPublish, PublishesOncePerAttempt) {
  Workbench bench;
  const char* event = R"({"topic": "done", "message": "hello"})";
  const auto first = bench.run("notify.publish", event, "attempt-1");
  const auto again = bench.run("notify.publish", event, "attempt-1");
  const auto other = bench.run("notify.publish", event, "attempt-2");
  EXPECT_EQ(*first, *again);
  EXPECT_NE(*first, *other);
  EXPECT_THAT(lines_of(bench.topic_file()), SizeIs(2));
  const auto id = first->at("messageId").get<std::string>();
  EXPECT_TRUE(std::regex_match(id, std::regex("[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")))
      << id;
}

TEST(NotifyPublish, TakesATopicsArn) {
  Workbench bench;
  const auto result =
      bench.run("notify.publish", R"({"topic": "arn:aws:sns:us-east-1:123456789012:done", "message": "hello"})");
  EXPECT_EQ(error_name(result), "none") << cause(result);
  EXPECT_EQ(Json::parse(lines_of(bench.topic_file()).at(0)).at("topic"), "done");
}

TEST(NotifyPublish, TakesTheDefaultOfAStructuredMessage) {
  Workbench bench;
  for (const char* message : {R"({"default": "plain", "email": "long"})", R"("{\"default\": \"plain\"}")"}) {
    const auto event = R"({"topic": "done", "messageStructure": "json", "message": )" + std::string(message) + "}";
    ASSERT_EQ(error_name(bench.run("notify.publish", event.c_str(), message)), "none");
    EXPECT_EQ(Json::parse(lines_of(bench.topic_file()).back()).at("text"), "plain");
  }
  for (const char* message : {R"("plain")", R"({"email": "x"})", R"("{\"default\"")", "7"}) {
    const auto event = R"({"topic": "done", "messageStructure": "json", "message": )" + std::string(message) + "}";
    const auto result = bench.run("notify.publish", event.c_str(), message);
    EXPECT_EQ(error_name(result), "Handler.InvalidArguments") << message;
    EXPECT_THAT(cause(result), HasSubstr("/message: ")) << message;
  }
}

TEST(NotifyPublish, NamesItsErrors) {
  Workbench bench;
  const auto result = bench.run("notify.publish", R"({"topic": "dome", "message": "x"})");
  EXPECT_EQ(error_name(result), "Notify.NoSuchTopic");
  EXPECT_THAT(cause(result), HasSubstr("did you mean done?"));
  const auto faults = bench.run("notify.publish", R"({"topic": 7, "subject": "", "attributes": []})");
  EXPECT_EQ(error_name(faults), "Handler.InvalidArguments");
  for (const char* member : {"/topic: ", "/subject: ", "/message: missing", "/attributes: "}) {
    EXPECT_THAT(cause(faults), HasSubstr(member));
  }
  EXPECT_FALSE(std::filesystem::exists(bench.topic_file()));
}

TEST(NotifyPublish, FailsWithoutNamingAPathWhenTheFileCannotBeWritten) {
  Workbench bench;
  std::filesystem::create_directories(bench.topic_file());
  const auto result = bench.run("notify.publish", R"({"topic": "done", "message": "x"})");
  EXPECT_EQ(error_name(result), "Notify.Failed");
  EXPECT_THAT(cause(result), testing::Not(HasSubstr(bench.folder.string())));
}

TEST(NotifyPublish, FollowsNoSymbolicLink) {
  Workbench bench;
  const auto target = bench.folder / "elsewhere";
  std::ofstream(target) << "kept\n";
  std::filesystem::create_directories(bench.topic_file().parent_path());
  std::filesystem::create_symlink(target, bench.topic_file());
  EXPECT_EQ(error_name(bench.run("notify.publish", R"({"topic": "done", "message": "x"})")), "Notify.Failed");
  EXPECT_THAT(lines_of(target), testing::ElementsAre("kept"));
}

TEST(TopicFile, BeginsANewLineBehindOneThatACrashCutShort) {
  Workbench bench;
  const auto path = bench.folder / "topic.jsonl";
  const auto line = tasks::TopicFile::id_prefix("id-1") + R"(,"text":"whole"})";
  std::ofstream(path) << line.substr(0, line.size() - 3);
  tasks::TopicFile file(path);
  ASSERT_TRUE(file.append_once("id-1", line).has_value());
  ASSERT_TRUE(file.append_once("id-1", line).has_value());
  EXPECT_THAT(lines_of(path), testing::ElementsAre(line.substr(0, line.size() - 3), line));
}

TEST(TopicFile, IsNotFooledByAMessageThatQuotesAnId) {
  Workbench bench;
  const auto path = bench.folder / "topic.jsonl";
  tasks::TopicFile file(path);
  const auto quoting = tasks::TopicFile::id_prefix("id-1") + R"(,"text":)" +
                       print_json(Json("\n" + tasks::TopicFile::id_prefix("id-2") + "\n")) + "}";
  const auto quoted = tasks::TopicFile::id_prefix("id-2") + R"(,"text":""})";
  ASSERT_TRUE(file.append_once("id-1", quoting).has_value());
  ASSERT_TRUE(file.append_once("id-2", quoted).has_value());
  EXPECT_THAT(lines_of(path), testing::ElementsAre(quoting, quoted));
}

TEST(TopicFile, KeepsLinesApartWhenManyWrite) {
  Workbench bench;
  constexpr int kWriters = 4;
  constexpr int kMessages = 25;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < kMessages; ++i) {
        const Json event{{"topic", "done"}, {"message", std::string(3'000, static_cast<char>('a' + writer))}};
        bench.run("notify.publish", event, std::to_string(writer) + "/" + std::to_string(i));
      }
    });
  }
  for (auto& writer : writers) writer.join();
  const auto lines = lines_of(bench.topic_file());
  ASSERT_THAT(lines, SizeIs(kWriters * kMessages));
  for (const auto& line : lines) EXPECT_EQ(Json::parse(line).at("text").get<std::string>().size(), 3'000u);
}

}  // namespace
}  // namespace stepd::test
