// From one object to the executions that it starts: shapes, encodings, transformers and names.
#include "triggers/rules.h"
#include "triggers/trigger_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace stepd::triggers {
namespace {

using test::json;
using test::object;
using testing::MatchesRegex;

const Origin kOrigin{"eu-central-1", "123456789012"};

Pattern any_object_pattern() {
  asl::Diagnostics faults;
  return Pattern::compile(json(R"({"source":["aws.s3"]})"), "", faults);
}

Transformer make_transformer(const char* paths, const std::string& text) {
  asl::Diagnostics faults;
  auto made = Transformer::compile(json(paths), text, "/paths", "/template", faults);
  EXPECT_TRUE(faults.empty()) << faults.front().message;
  return made;
}

Json input_by(EventRule::Input input, const ObjectCreated& created) {
  const Rules rules(kOrigin, {{"r", any_object_pattern(), "arn:m", std::move(input)}}, {});
  const auto starts = rules.starts_of(created);
  EXPECT_EQ(starts.requests.size(), 1u);
  return json(starts.requests.at(0).input);
}

TEST(Events, The_event_of_eventbridge_has_aws_s_members_and_a_key_that_is_not_encoded) {
  const Json event = input_by(EventRule::Whole{}, object("uploads", "a b/ü+%.jpg"));
  EXPECT_EQ(event["detail-type"], "Object Created");
  EXPECT_EQ(event["source"], "aws.s3");
  EXPECT_EQ(event["time"], "2027-01-15T08:00:00Z");
  EXPECT_EQ(event["region"], "eu-central-1");
  EXPECT_EQ(event["resources"], json(R"(["arn:aws:s3:::uploads"])"));
  EXPECT_EQ(event["detail"]["object"]["key"], "a b/ü+%.jpg");
  EXPECT_EQ(event["detail"]["object"]["size"], 7);
  EXPECT_EQ(event["detail"]["reason"], "PutObject");
  EXPECT_THAT(event["id"].get<std::string>(), MatchesRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"));
}

TEST(Events, The_record_of_a_notification_has_an_encoded_key_and_a_space_is_a_plus) {
  EXPECT_EQ(encode_notification_key("a b/ü+%.jpg"), "a+b/%C3%BC%2B%25.jpg");
  const Rules rules(kOrigin, {}, {{"n", "uploads", "", "", "arn:m", true, std::nullopt}});
  const Json input = json(rules.starts_of(object("uploads", "a b.jpg")).requests.at(0).input);
  const Json& record = input.at("Records").at(0);
  EXPECT_EQ(record["eventVersion"], "2.1");
  EXPECT_EQ(record["eventName"], "ObjectCreated:Put");
  EXPECT_EQ(record["s3"]["configurationId"], "n");
  EXPECT_EQ(record["s3"]["bucket"]["arn"], "arn:aws:s3:::uploads");
  EXPECT_EQ(record["s3"]["object"]["key"], "a+b.jpg");
  EXPECT_EQ(record["s3"]["object"]["eTag"], "e7a9");
}

TEST(Events, The_reason_is_the_operation_of_s3_that_wrote_the_object) {
  for (const auto& [reason, name] : {std::pair{"", "Put"},
                                     {"PutObject", "Put"},
                                     {"CopyObject", "Copy"},
                                     {"CompleteMultipartUpload", "CompleteMultipartUpload"}}) {
    auto created = object("uploads", "k");
    created.reason = reason;
    const std::string told = std::string(reason).empty() ? "PutObject" : reason;
    EXPECT_EQ(input_by(EventRule::Whole{}, created)["detail"]["reason"], told);
    EXPECT_EQ(notification_record(created, kOrigin, "n")["eventName"], "ObjectCreated:" + std::string(name));
  }
}

TEST(Rules, A_notification_looks_at_bucket_prefix_and_suffix_and_may_leave_the_key_as_it_is) {
  asl::Diagnostics faults;
  const auto input = asl::PayloadTemplate::compile(json(R"({"lambdaEvent.$":"$"})"), "", faults);
  const Rules rules(kOrigin, {}, {{"n", "uploads", "in/", ".jpg", "arn:m", false, input}});
  EXPECT_TRUE(rules.starts_of(object("other", "in/a.jpg")).requests.empty());
  EXPECT_TRUE(rules.starts_of(object("uploads", "a.jpg")).requests.empty());
  EXPECT_TRUE(rules.starts_of(object("uploads", "in/a.png")).requests.empty());
  const auto starts = rules.starts_of(object("uploads", "in/a b.jpg"));
  ASSERT_EQ(starts.requests.size(), 1u);
  EXPECT_EQ(json(starts.requests[0].input)["lambdaEvent"]["s3"]["object"]["key"], "in/a b.jpg");
}

TEST(Rules, An_input_path_picks_a_part_of_the_event) {
  EXPECT_EQ(input_by(asl::Path::parse("$.detail.bucket").value(), object("uploads", "k")),
            json(R"({"name":"uploads"})"));
}

TEST(Rules, A_path_that_leads_nowhere_is_told_and_starts_nothing) {
  const Rules rules(kOrigin, {{"r", any_object_pattern(), "arn:m", asl::Path::parse("$.no").value()}}, {});
  const auto starts = rules.starts_of(object("uploads", "k"));
  EXPECT_TRUE(starts.requests.empty());
  ASSERT_EQ(starts.faults.size(), 1u);
}

TEST(Rules, A_function_is_called_with_what_an_execution_would_get) {
  EventRule rule{"r", any_object_pattern(), "", asl::Path::parse("$.detail.object.key").value()};
  rule.function = "keep";
  Notification notification{"n", "uploads", "", "", "", true, std::nullopt};
  notification.function = "tell";
  const auto starts = Rules(kOrigin, {rule}, {notification}).starts_of(object("uploads", "a b.jpg"));
  EXPECT_TRUE(starts.requests.empty());
  ASSERT_EQ(starts.calls.size(), 2u);
  EXPECT_EQ(starts.calls[0].function, "keep");
  EXPECT_EQ(starts.calls[0].payload, R"("a b.jpg")");
  EXPECT_EQ(starts.calls[1].function, "tell");
  EXPECT_EQ(json(starts.calls[1].payload)["Records"][0]["s3"]["object"]["key"], "a+b.jpg");
}

TEST(Transformer, Places_are_values_outside_quotes_and_text_inside_them) {
  const auto made =
      make_transformer(R"({"bucket":"$.detail.bucket.name","key":"$.detail.object.key","size":"$.detail.object.size"})",
                       R"({"bucket": <bucket>, "key": <key>, "size": <size>, "url": "s3://<bucket>/<key>?<size>"})");
  EXPECT_EQ(input_by(made, object("uploads", "a\"b.jpg")),
            (Json{{"bucket", "uploads"}, {"key", "a\"b.jpg"}, {"size", 7}, {"url", "s3://uploads/a\"b.jpg?7"}}));
}

TEST(Transformer, An_absent_value_is_null_or_nothing_and_reserved_names_need_no_path) {
  const auto made = make_transformer(
      R"({"no":"$.detail.no"})",
      R"({"a": <no>, "b": "x<no>y", "rule": "<aws.events.rule-name>", "all": <aws.events.event.json>})");
  const Json input = input_by(made, object("uploads", "k"));
  EXPECT_EQ(input["a"], Json());
  EXPECT_EQ(input["b"], "xy");
  EXPECT_EQ(input["rule"], "r");
  EXPECT_EQ(input["all"]["source"], "aws.s3");
}

TEST(Transformer, Faults_are_told_at_their_places) {
  asl::Diagnostics faults;
  Transformer::compile(json(R"({"a":"nope"})"), R"({"a": <a>, "b": <b>)", "/paths", "/template", faults);
  std::vector<std::string> pointers;
  for (const auto& fault : faults) pointers.push_back(fault.pointer);
  EXPECT_THAT(pointers, testing::ElementsAre("/paths/a", "/template", "/template"));
}

TEST(ExecutionNames, Come_from_rule_bucket_key_and_identity_alone_and_fit_aws_s_limits) {
  const auto one = object("uploads", "x/Mein Foto (1).JPG", "1");
  auto later = one;
  later.at = test::at(99'999);
  EXPECT_EQ(execution_name("r", one), execution_name("r", later));
  EXPECT_THAT(execution_name("r", one), MatchesRegex("Mein-Foto-1-JPG-[0-9a-f]{40}"));
  EXPECT_NE(execution_name("r", one), execution_name("s", one));
  EXPECT_NE(execution_name("r", one), execution_name("r", object("uploads", "x/Mein Foto (1).JPG", "2")));
  EXPECT_NE(execution_name("r", one), execution_name("r", object("uploads", "y/Mein Foto (1).JPG", "1")));
  EXPECT_NE(execution_name("r", object("ab", "c", "1")), execution_name("r", object("a", "bc", "1")));
  const auto longest = execution_name("r", object("uploads", std::string(255, 'x'), "1"));
  EXPECT_LE(longest.size(), 80u);
  EXPECT_THAT(execution_name("r", object("uploads", "\xff\n;$(x)", "1")), MatchesRegex("[A-Za-z0-9_-]{1,80}"));
}

}  // namespace
}  // namespace stepd::triggers
