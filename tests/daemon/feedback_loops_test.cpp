// Warnings about rules and notifications that feed themselves, directly and through others.
#include "daemon/config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <fstream>

namespace stepd::daemon {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class FeedbackLoops : public testing::Test {
 protected:
  FeedbackLoops() {
    std::string pattern = (std::filesystem::temp_directory_path() / "stepd-loops-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    machine("small", task("arn:aws:states:::lambda:invoke", R"({"FunctionName": "small", "Payload.$": "$"})"));
  }
  ~FeedbackLoops() override { std::filesystem::remove_all(folder_); }

  static std::string task(const std::string& resource, const std::string& parameters) {
    return R"({"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": ")" + resource + R"(", "Parameters": )" +
           parameters + R"(, "End": true}}})";
  }
  void machine(const std::string& name, const std::string& definition) {
    std::ofstream(folder_ / (name + ".asl.json")) << definition;
    machines_ += "  " + name + ": { definition: " + name + ".asl.json }\n";
  }
  void function(const std::string& name, const std::string& text) { functions_ += "  " + name + ": " + text + "\n"; }
  void resize(const std::string& bucket, const std::string& key) {
    function("small",
             "{ handler: image.resize, arguments: { bucket.$: $.bucket, key.$: $.key, width: 9, destination: { " +
                 bucket + ", key: \"" + key + "\" } } }");
  }
  /// `detail` of the pattern.
  void rule(const std::string& name, const std::string& detail, const std::string& target = "state_machine: small") {
    rules_ += "  " + name + ": { pattern: { source: [aws.s3], detail: " + detail + " }, " + target + " }\n";
  }

  std::vector<std::string> warnings() const {
    std::ofstream(folder_ / "stepd.yaml")
        << "buckets: { pics: { watch: true }, raws: { watch: true }, done: {} }\nfunctions:\n"
        << functions_ << "state_machines:\n"
        << machines_ << "rules:\n"
        << rules_ << "notifications:\n"
        << notifications_;
    const auto loaded = load_config(folder_ / "stepd.yaml", std::nullopt).value();
    std::vector<std::string> texts;
    for (const auto& fault : loaded.faults) {
      EXPECT_EQ(fault.severity, asl::Severity::Warning) << to_text(fault);
      texts.push_back(to_text(fault));
    }
    return texts;
  }

  std::filesystem::path folder_;
  std::string functions_;
  std::string machines_;
  std::string rules_;
  std::string notifications_;
};

constexpr auto kPics = "{ bucket: { name: [pics] } }";

TEST_F(FeedbackLoops, A_rule_whose_machine_writes_into_its_bucket_is_told_with_its_line) {
  resize("bucket: pics", "{name}-small.{ext}");
  rule("new", kPics);
  EXPECT_THAT(warnings(), ElementsAre(AllOf(HasSubstr("stepd.yaml:7:3: "), HasSubstr("rule 'new' may feed itself"),
                                            HasSubstr("state machine 'small'"), HasSubstr("bucket 'pics'"),
                                            HasSubstr("function 'small'"), HasSubstr("limits.event_depth"))));
}

TEST_F(FeedbackLoops, Another_bucket_or_a_key_that_is_not_heard_is_none) {
  resize("bucket: done", "{name}.jpg");
  rule("any", kPics);
  EXPECT_THAT(warnings(), IsEmpty());
  functions_.clear();
  resize("bucket: pics", "small/{name}.png");
  rules_.clear();
  rule("prefix", "{ bucket: { name: [pics] }, object: { key: [{ prefix: new/ }] } }");
  rule("suffix", "{ bucket: { name: [pics] }, object: { key: [{ suffix: .jpg }] } }");
  rule("both", "{ bucket: { name: [pics] }, object: { key: [{ wildcard: \"new/*.png\" }] } }");
  rule("not", "{ bucket: { name: [pics] }, object: { key: [{ anything-but: { prefix: small/ } }] } }");
  notifications_ = "  n: { bucket: pics, prefix: new/, state_machine: small }\n";
  EXPECT_THAT(warnings(), IsEmpty());
}

TEST_F(FeedbackLoops, A_key_that_may_be_heard_is_one) {
  resize("bucket: pics", "{dir}{name}-small.png");
  rule("prefix", "{ bucket: { name: [pics] }, object: { key: [{ prefix: new/ }] } }");
  rule("suffix", "{ bucket: { name: [pics] }, object: { key: [{ suffix: .png }] } }");
  rule("other", "{ bucket: { name: [pics] }, object: { key: [{ suffix: .jpg }] } }");
  rule("large", "{ bucket: { name: [pics] }, object: { size: [{ numeric: [\">\", 1000] }] } }");
  notifications_ = "  n: { bucket: pics, prefix: new/, state_machine: small }\n";
  EXPECT_THAT(warnings(), UnorderedElementsAre(HasSubstr("rule 'prefix'"), HasSubstr("rule 'suffix'"),
                                               HasSubstr("rule 'large'"), HasSubstr("notification 'n'")));
}

TEST_F(FeedbackLoops, The_bucket_of_the_event_is_its_bucket) {
  resize("bucket.$: $.bucket", "{name}-small.png");
  rule("new", kPics);
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("rule 'new'")));
  functions_.clear();
  resize("bucket.$: $.destination_bucket", "{name}-small.png");
  EXPECT_THAT(warnings(), IsEmpty()) << "it is not known";
}

TEST_F(FeedbackLoops, Integrations_nested_starts_and_states_within_states_are_followed) {
  machine("inner", task("arn:aws:states:::aws-sdk:s3:putObject",
                        R"x({"Bucket": "pics", "Key.$": "States.Format('a/{}.txt', $.x)"})x"));
  machine("outer", R"({"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": )" +
                       task("arn:aws:states:::states:startExecution.sync:2",
                            R"({"StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:inner"})") +
                       "}}}");
  function("go", "{ handler: execution.start, arguments: { stateMachine: outer, input: {} } }");
  function("small", "{ handler: image.type }");
  rule("starts", kPics, "state_machine: outer");
  rule("calls", kPics, "function: go");
  rule("elsewhere", "{ bucket: { name: [pics] }, object: { key: [{ prefix: b/ }] } }", "state_machine: outer");
  EXPECT_THAT(warnings(),
              UnorderedElementsAre(AllOf(HasSubstr("rule 'starts'"), HasSubstr("state 'T' of state machine 'inner'")),
                                   AllOf(HasSubstr("rule 'calls'"), HasSubstr("calls, function 'go'"))));
}

TEST_F(FeedbackLoops, Two_rules_that_feed_each_other_are_two) {
  function("small",
           "{ handler: object.copy, arguments: { bucket.$: $.bucket, key.$: $.key, destination: { bucket: raws } } }");
  function("back", "{ steps: { s: { handler: object.put, arguments: { bucket: pics, key: b.txt, text: x } } } }");
  rule("there", kPics);
  rule("back", "{ bucket: { name: [raws] } }", "function: back");
  EXPECT_THAT(warnings(),
              UnorderedElementsAre(AllOf(HasSubstr("rule 'there'"),
                                         HasSubstr("leads to rule 'back', which may write into bucket 'pics'")),
                                   AllOf(HasSubstr("rule 'back'"), HasSubstr("leads to rule 'there'"))));
}

TEST_F(FeedbackLoops, The_end_of_an_execution_may_close_the_loop) {
  function("small", "{ handler: image.type }");
  function("tell", "{ handler: object.put, arguments: { bucket: pics, key: told.txt, text: x } }");
  rule("new", kPics);
  rules_ += "  end: { pattern: { source: [aws.states], detail: { status: [SUCCEEDED] } }, function: tell }\n";
  EXPECT_THAT(warnings(), ElementsAre(AllOf(HasSubstr("rule 'new'"), HasSubstr("leads to rule 'end'"))));
}

}  // namespace
}  // namespace stepd::daemon
