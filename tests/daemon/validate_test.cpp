// `stepd validate` without its process: templates, hints, and the three ways in which faults are shown.
#include "daemon/cli/report.h"
#include "daemon/definition_file.h"
#include "daemon/template_input/template_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace stepd::daemon {
namespace {

using asl::Format;
using testing::ElementsAre;
using testing::IsEmpty;

const std::string kWrong = "StartAt: Größe\nStates:\n  Größe: { Coment: x, Type: Succeed }\n";

std::vector<std::string> lines(const Faults& faults) {
  std::vector<std::string> all;
  for (const auto& fault : faults) all.push_back(to_text(fault));
  return all;
}

Json parsed(void (*report)(const std::vector<Examined>&, std::ostream&), const std::vector<Examined>& files) {
  std::ostringstream out;
  report(files, out);
  return Json::parse(out.str());
}

Examined wrong() { return {"w.asl.yaml", kWrong, check_template_text("w.asl.yaml", kWrong, Format::Yaml, {})}; }

TEST(Validate, a_fault_names_its_place_and_what_may_have_been_meant) {
  EXPECT_THAT(lines(wrong().faults), ElementsAre("w.asl.yaml:3:14: Field 'Coment' is not supported; did you mean "
                                                 "'Comment'? (/States/Größe/Coment)"));
}

TEST(Validate, placeholders_may_stand_without_quotes_and_move_nothing) {
  const std::string text =
      "{\"StartAt\": \"W\", \"TimeoutSeconds\": ${Timeout},\n"
      " \"States\": {\"W\": {\"Type\": \"Wait\", \"Seconds\": ${S}, \"Colour\": 1, \"Next\": \"T\"},\n"
      "  \"T\": {\"Type\": \"Task\", \"Resource\": \"${Fn.Arn}\", \"TimeoutSeconds\": \"${x}\", \"End\": true}}}";
  EXPECT_THAT(lines(check_template_text("t.json", text, Format::Json, {})),
              ElementsAre("t.json:2:52: Field 'Colour' is not supported (/States/W/Colour)"));
}

TEST(Validate, a_dollar_within_a_text_is_left_alone) {
  const std::string text = R"({"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": "\"${a", "End": true}}})";
  EXPECT_THAT(lines(check_template_text("t.json", text, Format::Json, {})), IsEmpty());
}

TEST(Validate, a_template_is_known_by_its_top_or_its_name) {
  EXPECT_TRUE(looks_like_template("t.yaml", "# ours\nResources:\n  B: { Type: AWS::S3::Bucket }\n"));
  EXPECT_TRUE(looks_like_template("t.json", "{\n  \"Resources\": {}}"));
  EXPECT_TRUE(looks_like_template("some/serverless.yml", "service: s\n"));
  EXPECT_FALSE(looks_like_template("d.yaml", "StartAt: Resources\nStates:\n  Resources: { Type: Succeed }\n"));
  EXPECT_FALSE(looks_like_template("c.yaml", "buckets: { Resources: }\n"));
}

TEST(Validate, a_template_is_checked_with_the_definitions_that_it_holds) {
  const auto folder = std::filesystem::path(testing::TempDir());
  const auto file = folder / "template-check.yaml";
  const auto check = [&](const std::string& parameter, const std::string& type) {
    std::ofstream(file) << "Parameters:\n  Stage: { Type: String, AllowedValues: [dev] }\n"
                           "Resources:\n  F:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n"
                           "      Definition: { StartAt: A, States: { A: { Type: " +
                               type + " } } }\n";
    return lines(check_template(file, {parameter}));
  };
  EXPECT_THAT(check("Stage=dev", "Succeed"), IsEmpty());
  EXPECT_THAT(check("Stage=prod", "Succeed"), ElementsAre(testing::HasSubstr("Stage")));
  EXPECT_THAT(check("Stage=dev", "Sucseed"), ElementsAre(testing::HasSubstr("did you mean 'Succeed'?")));
}

TEST(Validate, json_is_complete_and_says_whether_all_is_well) {
  const auto report = parsed(report_json, {wrong(), {"good.json", "", {}}});
  EXPECT_FALSE(report["valid"].get<bool>());
  ASSERT_EQ(report["files"].size(), 2U);
  EXPECT_TRUE(report["files"][1]["valid"].get<bool>());
  EXPECT_EQ(report["files"][0]["file"].get<std::string>(), "w.asl.yaml");
  EXPECT_EQ(report["files"][0]["diagnostics"][0], Json::parse(R"({"line": 3, "column": 14, "severity": "ERROR",
      "code": "SCHEMA_VALIDATION_FAILED", "message": "Field 'Coment' is not supported",
      "pointer": "/States/Größe/Coment", "hint": "did you mean 'Comment'?"})"));
}

TEST(Validate, sarif_counts_characters_and_lists_its_rules) {
  const auto report = parsed(report_sarif, {wrong()});
  EXPECT_EQ(report["version"].get<std::string>(), "2.1.0");
  ASSERT_EQ(report["runs"].size(), 1U);
  const auto& run = report["runs"][0];
  EXPECT_EQ(run["tool"]["driver"]["name"].get<std::string>(), "stepd");
  EXPECT_EQ(run["tool"]["driver"]["rules"], Json::parse(R"([{"id": "SCHEMA_VALIDATION_FAILED"}])"));
  ASSERT_EQ(run["results"].size(), 1U);
  EXPECT_EQ(run["results"][0], Json::parse(R"json({
      "ruleId": "SCHEMA_VALIDATION_FAILED", "level": "error",
      "message": {"text": "Field 'Coment' is not supported (did you mean 'Comment'?)"},
      "locations": [{"physicalLocation": {"artifactLocation": {"uri": "w.asl.yaml"},
                                          "region": {"startLine": 3, "startColumn": 12}},
                     "logicalLocations": [{"fullyQualifiedName": "/States/Größe/Coment"}]}]})json"));
}

TEST(Validate, a_warning_is_shown_and_leaves_the_file_valid) {
  const std::string text = "StartAt: A\nStates:\n  A: { Type: Pass, Result: $.a, End: true }\n";
  const Examined file{"w.yaml", text, check_template_text("w.yaml", text, Format::Yaml, {})};
  EXPECT_TRUE(file.is_valid());
  EXPECT_THAT(lines(file.faults), ElementsAre("w.yaml:3:20: warning: The Result of a Pass state is static: a path in "
                                              "it is not evaluated (/States/A/Result)"));
  EXPECT_EQ(parsed(report_sarif, {file})["runs"][0]["results"][0]["level"].get<std::string>(), "warning");
}

}  // namespace
}  // namespace stepd::daemon
