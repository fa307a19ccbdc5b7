// CloudWatch Logs over real log files: events in, pages out.
#include "api/api_fixture.h"
#include "storage/logs/log_file_reader.h"
#include "storage/logs/log_files.h"

#include <filesystem>

namespace stepd::api::test {
namespace {

const std::int64_t kMs = kNow.time_since_epoch().count();

class Logs : public Api {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("stepd-logs-api-" + std::to_string(getpid()));
    std::filesystem::remove_all(folder_);
    writer_ = storage::open_log_files(folder_, {});
    reader_ = storage::open_log_reader(folder_);
    doors.log_writer = writer_.get();
    doors.logs = reader_.get();
  }
  void TearDown() override {
    Api::TearDown();
    writer_.reset();
    std::filesystem::remove_all(folder_);
  }
  Answer logs(const std::string& operation, Json arguments) {
    if (!arguments.contains("logGroupName")) arguments["logGroupName"] = "/g";
    return call_target("Logs_20140328." + operation, arguments);
  }
  void make(const std::string& stream) {
    logs("CreateLogGroup", Json::object());
    EXPECT_EQ(logs("CreateLogStream", Json{{"logStreamName", stream}}).status, 200);
  }
  Answer put(const std::string& stream, const std::vector<std::pair<std::int64_t, std::string>>& events) {
    Json list = Json::array();
    for (const auto& [time, message] : events) list.push_back(Json{{"timestamp", kMs + time}, {"message", message}});
    return logs("PutLogEvents", Json{{"logStreamName", stream}, {"logEvents", std::move(list)}});
  }
  static std::string messages(const Json& answer) {
    std::string list;
    for (const auto& event : answer.at("events")) list += event.at("message").get<std::string>() + " ";
    return list;
  }

  std::filesystem::path folder_;
  std::unique_ptr<LogGroups> writer_;
  std::unique_ptr<LogReader> reader_;
};

TEST_F(Logs, GroupsAndStreamsAreMadeOnce) {
  EXPECT_EQ(logs("CreateLogGroup", Json::object()).body, "{}");
  expect_error(logs("CreateLogGroup", Json::object()), "ResourceAlreadyExistsException",
               "The specified log group already exists");
  EXPECT_EQ(logs("CreateLogStream", Json{{"logStreamName", "s"}}).body, "{}");
  expect_error(logs("CreateLogStream", Json{{"logStreamName", "s"}}), "ResourceAlreadyExistsException",
               "The specified log stream already exists");
  expect_error(logs("CreateLogStream", Json{{"logGroupName", "/none"}, {"logStreamName", "s"}}),
               "ResourceNotFoundException", "The specified log group does not exist.");
  expect_error(put("none", {{0, "a"}}), "ResourceNotFoundException", "The specified log stream does not exist.");
  EXPECT_EQ(logs("CreateLogGroup", Json{{"logGroupName", "a b"}}).json().value("__type", ""),
            "InvalidParameterException");
}

TEST_F(Logs, WhatIsPutIsGotInPages) {
  make("s");
  make("t");
  const auto answer = put("s", {{0, "a"}, {1, "b"}, {2, "c"}});
  EXPECT_EQ(answer.json().value("nextSequenceToken", "").size(), 56U) << answer.body;
  put("t", {{3, "other"}});
  const auto newest = logs("GetLogEvents", Json{{"logStreamName", "s"}, {"limit", 2}}).json();
  EXPECT_EQ(messages(newest), "b c ");
  const auto before =
      logs("GetLogEvents", Json{{"logStreamName", "s"}, {"nextToken", newest["nextBackwardToken"]}}).json();
  EXPECT_EQ(messages(before), "a ");
  const auto head = logs("GetLogEvents", Json{{"logStreamName", "s"}, {"limit", 2}, {"startFromHead", true}}).json();
  EXPECT_EQ(messages(head), "a b ");
  auto next = logs("GetLogEvents", Json{{"logStreamName", "s"}, {"nextToken", head["nextForwardToken"]}}).json();
  EXPECT_EQ(messages(next), "c ");
  const auto token = next["nextForwardToken"];
  next = logs("GetLogEvents", Json{{"logStreamName", "s"}, {"nextToken", token}}).json();
  EXPECT_EQ(messages(next), "");
  EXPECT_EQ(next["nextForwardToken"], token) << "the end is the same token again";
  put("s", {{4, "d"}});
  EXPECT_EQ(
      messages(logs("GetLogEvents", Json{{"logStreamName", "s"}, {"nextToken", newest["nextForwardToken"]}}).json()),
      "d ");
  EXPECT_EQ(
      messages(logs("GetLogEvents", Json{{"logStreamName", "s"}, {"startTime", kMs + 1}, {"endTime", kMs + 3}}).json()),
      "b c ");
}

TEST_F(Logs, BadRequestsAreToldInTheWordsOfTheService) {
  make("s");
  expect_error(put("s", {{1, "b"}, {0, "a"}}), "InvalidParameterException",
               "Log events in a single PutLogEvents request must be in chronological order.");
  expect_error(logs("GetLogEvents", Json{{"logStreamName", "s"}, {"nextToken", "x"}}), "InvalidParameterException",
               "The specified nextToken is invalid.");
  expect_error(
      logs("GetLogEvents", Json{{"logStreamName", "s"}, {"limit", 10'001}}), "InvalidParameterException",
      "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value "
      "less than or equal to 10000");
  EXPECT_EQ(logs("FilterLogEvents", Json{{"filterPattern", "[a, b]"}}).json().value("__type", ""),
            "InvalidParameterException");
  expect_error(logs("GetLogEvents", Json{{"logGroupName", "/none"}, {"logStreamName", "s"}}),
               "ResourceNotFoundException", "The specified log group does not exist.");
}

TEST_F(Logs, EventsThatAreTooOldOrTooNewAreRejectedWithSuccess) {
  make("s");
  const std::int64_t day = 86'400'000;
  const auto old = put("s", {{-16 * day, "old"}, {-14 * day - 1, "old"}, {-14 * day, "kept"}});
  EXPECT_EQ(old.status, 400) << "more than a day between the first and the last";
  EXPECT_EQ(put("s", {{-14 * day - 1, "old"}, {-14 * day, "kept"}}).json().at("rejectedLogEventsInfo"),
            (Json{{"tooOldLogEventEndIndex", 1}}));
  EXPECT_EQ(put("s", {{0, "now"}, {7'200'001, "new"}}).json().at("rejectedLogEventsInfo"),
            (Json{{"tooNewLogEventStartIndex", 1}}));
  EXPECT_EQ(messages(logs("FilterLogEvents", Json::object()).json()), "kept now ");
}

TEST_F(Logs, FilterLooksThroughAllStreams) {
  make("a/1");
  make("b/1");
  put("a/1", {{5, "ERROR one"}, {6, "two"}});
  put("b/1", {{4, "{\"level\":\"ERROR\",\"n\":3}"}});
  EXPECT_EQ(messages(logs("FilterLogEvents", Json::object()).json()), "{\"level\":\"ERROR\",\"n\":3} ERROR one two ")
      << "by time";
  EXPECT_EQ(messages(logs("FilterLogEvents", Json{{"filterPattern", "ERROR -one"}}).json()),
            "{\"level\":\"ERROR\",\"n\":3} ");
  EXPECT_EQ(messages(logs("FilterLogEvents", Json{{"filterPattern", "{ $.n = 3 }"}}).json()),
            "{\"level\":\"ERROR\",\"n\":3} ");
  EXPECT_EQ(messages(logs("FilterLogEvents", Json{{"logStreamNamePrefix", "a/"}}).json()), "ERROR one two ");
  EXPECT_EQ(messages(logs("FilterLogEvents", Json{{"logStreamNames", {"b/1"}}}).json()),
            "{\"level\":\"ERROR\",\"n\":3} ");
  const auto first = logs("FilterLogEvents", Json{{"limit", 1}}).json();
  EXPECT_EQ(messages(first), "ERROR one ");
  EXPECT_EQ(messages(logs("FilterLogEvents", Json{{"nextToken", first["nextToken"]}}).json()),
            "{\"level\":\"ERROR\",\"n\":3} two ");
}

TEST_F(Logs, GroupsAndStreamsAreDescribed) {
  make("s1");
  make("s2");
  put("s2", {{1, "a"}});
  put("s1", {{2, "b"}});
  const auto groups =
      call_target("Logs_20140328.DescribeLogGroups", Json{{"logGroupNamePrefix", "/"}}).json().at("logGroups");
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_EQ(groups[0].at("arn"), "arn:aws:logs:us-east-1:123456789012:log-group:/g:*");
  EXPECT_EQ(groups[0].at("logGroupArn"), "arn:aws:logs:us-east-1:123456789012:log-group:/g");
  const auto names = [&](const Json& arguments) {
    std::string list;
    const auto streams = logs("DescribeLogStreams", arguments).json().at("logStreams");
    for (const auto& stream : streams) {
      list += stream.at("logStreamName").get<std::string>() + " ";
    }
    return list;
  };
  EXPECT_EQ(names(Json::object()), "s1 s2 ");
  EXPECT_EQ(names(Json{{"orderBy", "LastEventTime"}}), "s2 s1 ");
  EXPECT_EQ(names(Json{{"descending", true}, {"limit", 1}}), "s2 ");
  EXPECT_EQ(names(Json{{"nextToken", "s1"}}), "s2 ");
  EXPECT_EQ(names(Json{{"logStreamNamePrefix", "s2"}}), "s2 ");
}

TEST_F(Logs, LinesOfExecutionsAreEventsToo) {
  writer_->append("/g", R"({"id":"1","type":"ExecutionStarted","event_timestamp":"1763712345678",)"
                        R"("execution_arn":"arn:aws:states:us-east-1:123456789012:execution:greet:one"})");
  writer_->append("/g", "no JSON");
  const auto events = logs("FilterLogEvents", Json::object()).json().at("events");
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].at("message"), "no JSON");
  EXPECT_EQ(events[1].at("logStreamName"), "states/greet/2025-11-21");
  EXPECT_EQ(events[1].at("timestamp"), 1763712345678);
}

}  // namespace
}  // namespace stepd::api::test
