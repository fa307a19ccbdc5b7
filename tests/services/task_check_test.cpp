// What a definition's tasks name and nothing has: each kind, its place, the nearest name, and what is not judged.
#include "services/task_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace stepd::services {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Inventory kHere{{"resize", "label"}, {"photos"}, {"images"}, {"alerts"}};

std::vector<std::string> said_of(const Json& definition, const Inventory* inventory = &kHere) {
  std::vector<std::string> said;
  for (const auto& each : check_tasks(definition, inventory)) {
    EXPECT_EQ(each.severity, asl::Severity::Warning);
    said.push_back(each.pointer + ": " + each.message + (each.hint.empty() ? "" : "; " + each.hint));
  }
  return said;
}

Json machine(const std::string& resource, const std::string& parameters = "{}") {
  return Json{
      {"StartAt", "T"},
      {"States",
       {{"T", {{"Type", "Task"}, {"Resource", resource}, {"Parameters", Json::parse(parameters)}, {"End", true}}}}}};
}

TEST(TaskCheck, AFunctionIsKnownByItsNameHoweverItIsWritten) {
  for (const char* good : {"arn:aws:lambda:ca-central-1:999999999999:function:resize",
                           "arn:aws:lambda:us-east-1:123456789012:function:resize:prod", "resize"}) {
    EXPECT_THAT(said_of(machine(good)), IsEmpty()) << good;
  }
  EXPECT_THAT(said_of(machine("arn:aws:lambda:us-east-1:123456789012:function:resizer:7")),
              ElementsAre("/States/T/Resource: Nothing serves the function 'resizer': calls fail with "
                          "Lambda.ResourceNotFoundException; did you mean 'resize'?"));
  EXPECT_THAT(said_of(machine("arn:aws:states:::lambda:invoke.waitForTaskToken", R"({"FunctionName":"zzz:$LATEST"})")),
              ElementsAre("/States/T/Parameters/FunctionName: Nothing serves the function 'zzz': calls fail with "
                          "Lambda.ResourceNotFoundException; known are 'resize', 'label'"));
}

TEST(TaskCheck, BucketsTablesAndTopicsAreLookedUpWhereTheirIntegrationsNameThem) {
  const auto sdk = [](const std::string& action) { return "arn:aws:states:::aws-sdk:" + action; };
  EXPECT_THAT(said_of(machine(sdk("s3:getObject"), R"({"Bucket":"photo","Key":"k"})")),
              ElementsAre("/States/T/Parameters/Bucket: There is no bucket 'photo'; did you mean 'photos'?"));
  EXPECT_THAT(said_of(machine(sdk("s3:copyObject"), R"({"Bucket":"photos","CopySource":"/phot%6F/a b"})")),
              ElementsAre("/States/T/Parameters/CopySource: There is no bucket 'photo'; did you mean 'photos'?"));
  EXPECT_THAT(said_of(machine(sdk("rekognition:detectLabels"), R"({"Image":{"S3Object":{"Bucket":"b"}}})")),
              ElementsAre("/States/T/Parameters/Image/S3Object/Bucket: There is no bucket 'b'; known are 'photos'"));
  for (const auto& resource : {std::string("arn:aws:states:::dynamodb:getItem"), sdk("dynamodb:scan")}) {
    EXPECT_THAT(said_of(machine(resource, R"({"TableName":"image"})")),
                ElementsAre("/States/T/Parameters/TableName: There is no table 'image'; did you mean 'images'?"));
  }
  EXPECT_THAT(said_of(machine("arn:aws:states:::sns:publish", R"({"TopicArn":"arn:aws:sns:eu-west-1:1:alert"})")),
              ElementsAre("/States/T/Parameters/TopicArn: There is no topic 'alert'; did you mean 'alerts'?"));
}

TEST(TaskCheck, AnIntegrationThatIsNotServedIsOne) {
  EXPECT_THAT(said_of(machine("arn:aws:states:::glue:startJobRun.sync")),
              ElementsAre("/States/T/Resource: stepd has no integration that serves 'glue:startJobRun.sync': the task "
                          "fails with States.Runtime"));
  EXPECT_THAT(said_of(machine("arn:aws:states:::glue:startJobRun"), nullptr).size(), 1u);
}

TEST(TaskCheck, WhatIsNotKnownYetIsNotJudged) {
  const std::string invoke = "arn:aws:states:::lambda:invoke";
  EXPECT_THAT(said_of(machine("${Function}")), IsEmpty());
  EXPECT_THAT(said_of(machine("arn:aws:lambda:us-east-1:123456789012:function:${Name}")), IsEmpty());
  EXPECT_THAT(said_of(machine(invoke, R"({"FunctionName.$":"$.f"})")), IsEmpty());
  EXPECT_THAT(said_of(machine(invoke, R"({"FunctionName":"${F}-x"})")), IsEmpty());
  EXPECT_THAT(said_of(machine(invoke, R"({"FunctionName":5})")), IsEmpty());
  EXPECT_THAT(said_of(machine("arn:aws:states:us-east-1:123456789012:activity:a")), IsEmpty());
  EXPECT_THAT(said_of(machine("resizer"), nullptr), IsEmpty());
  auto endpoint = kHere;
  endpoint.any_function = true;
  EXPECT_THAT(said_of(machine("resizer"), &endpoint), IsEmpty());
}

TEST(TaskCheck, TasksWithinBranchesAndMapsAreFound) {
  const auto inner = machine("resizer");
  const Json both{{"StartAt", "P"},
                  {"States",
                   {{"P", {{"Type", "Parallel"}, {"Branches", Json::array({machine("resize"), inner})}}},
                    {"M", {{"Type", "Map"}, {"ItemProcessor", inner}}},
                    {"I", {{"Type", "Map"}, {"Iterator", inner}}}}}};
  std::vector<std::string> places;
  for (const auto& each : check_tasks(both, &kHere)) places.push_back(each.pointer);
  EXPECT_THAT(places, ElementsAre("/States/P/Branches/1/States/T/Resource", "/States/M/ItemProcessor/States/T/Resource",
                                  "/States/I/Iterator/States/T/Resource"));
}

TEST(TaskCheck, AFaultyDefinitionIsLookedAtAsFarAsItGoes) {
  for (
      const char* text :
      {"[]", "5", "{}", R"({"States":[]})",
       R"({"States":{"A":5,"B":{"Type":"Task"},"C":{"Type":"Task","Resource":5}}})",
       R"({"States":{"A":{"Type":"Task","Resource":"not a resource at all"}}})",
       R"({"States":{"A":{"Branches":{}},"B":{"Type":"Task","Resource":"arn:aws:states:::sns:publish","Parameters":[]}}})"}) {
    EXPECT_THAT(said_of(Json::parse(text)), IsEmpty()) << text;
  }
  auto nested = machine("resizer");
  for (int i = 0; i < 1'000; ++i) nested = Json{{"States", {{"M", {{"ItemProcessor", std::move(nested)}}}}}};
  EXPECT_THAT(said_of(nested), IsEmpty());
}

TEST(TaskCheck, ArgumentsOfHandlersAreLookedAtAtAnyDepth) {
  const auto arguments = Json::parse(R"({"bucket":"photo","key":"bucket","destination":{"bucket":"photos"},
      "source":{"bucket.$":"$.b","table":"image"},"topic":"arn:aws:sns:us-east-1:1:alerts"})");
  std::vector<std::string> said;
  for (const auto& each : check_arguments(arguments, "/f", kHere)) said.push_back(each.pointer + ": " + each.message);
  EXPECT_THAT(said, ElementsAre("/f/bucket: There is no bucket 'photo'", "/f/source/table: There is no table 'image'"));
}

}  // namespace
}  // namespace stepd::services
