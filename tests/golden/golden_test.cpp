// Every case of tests/golden/**/*.yaml: a definition, an input and scripted functions in; status, output and history
// out. It also sees to it that no field of the language is without a case.
#include "base/json.h"
#include "engine/asl/source.h"
#include "engine/core/compile.h"
#include "engine/core/history.h"
#include "support/world.h"

#include "base/value/print.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

namespace stepd::test {
namespace {

struct Case {
  std::string name;
  std::string file;
  Json body;
};

void PrintTo(const Case& given, std::ostream* out) { *out << given.file << ": " << given.name; }

std::vector<Case> read_cases() {
  std::vector<Case> cases;
  const std::filesystem::path root = std::filesystem::path(STEPD_SOURCE_DIR) / "tests" / "golden";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".yaml") continue;
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    const auto source = asl::Source::read(text.str(), asl::Format::Yaml);
    const auto file = entry.path().lexically_relative(root).string();
    if (!source) throw std::runtime_error(file + ": " + source.error().cause);
    for (const auto& [name, body] : source->value().items()) cases.push_back({name, file, body});
  }
  std::sort(cases.begin(), cases.end(), [](const auto& a, const auto& b) { return a.file < b.file; });
  return cases;
}

Answer read_answer(const Json& given) {
  Answer answer;
  if (given.contains("result")) answer.result = Payload(given["result"]);
  // A text whose JSON, quotes included, has so many bytes.
  if (given.contains("bytes")) answer.result = Payload(Json(std::string(given["bytes"].get<std::size_t>() - 2, 'x')));
  if (given.contains("error")) answer.failure.error = given["error"].get<std::string>();
  if (given.contains("cause_bytes")) answer.failure.cause = std::string(given["cause_bytes"].get<std::size_t>(), 'c');
  if (given.contains("cause")) answer.failure.cause = given["cause"].get<std::string>();
  answer.takes = std::chrono::seconds(given.value("seconds", 0));
  answer.never = given.value("never", false);
  return answer;
}

std::string status_name(core::Status status) {
  switch (status) {
    case core::Status::Running:
      return "RUNNING";
    case core::Status::Succeeded:
      return "SUCCEEDED";
    case core::Status::Failed:
      return "FAILED";
    case core::Status::TimedOut:
      return "TIMED_OUT";
    case core::Status::Aborted:
      return "ABORTED";
  }
  return "?";
}

std::vector<std::string> read_lines(const Json& list) {
  std::vector<std::string> lines;
  for (const auto& line : list) lines.push_back(line.get<std::string>());
  return lines;
}

void expect_refused(const core::Compiled& compiled, const Json& expected) {
  std::vector<std::string> found;
  for (const auto& each : compiled.diagnostics) {
    if (each.severity == asl::Severity::Error) found.push_back(each.message + " at " + each.pointer);
  }
  EXPECT_EQ(found, read_lines(expected));
  EXPECT_EQ(compiled.definition, nullptr);
}

/// Whether every member that `expected` names is in `found` with that value.
bool holds(const Json& found, const Json& expected) {
  if (!expected.is_object()) return found == expected;
  return found.is_object() && std::all_of(expected.items().begin(), expected.items().end(), [&](const auto& member) {
           return found.contains(member.key()) && holds(found[member.key()], member.value());
         });
}

/// AWS's form of the events whose ids `expected` names.
void expect_details(const World& world, const Json& expected) {
  std::map<std::string, Json> shown;
  for (const auto& event : world.events()) {
    if (event.history_id != 0)
      shown[std::to_string(event.history_id)] = core::history_of(event, core::Payloads::Included);
  }
  for (const auto& [id, members] : expected.items()) {
    EXPECT_TRUE(holds(shown[id], members)) << "event " << id << " is\n" << shown[id].dump(2);
  }
}

void expect_results(const World& world, const Json& body) {
  const auto& execution = world.execution();
  EXPECT_EQ(status_name(execution.status()), body.value("status", "SUCCEEDED"))
      << execution.failure().cause.value_or("");
  if (body.contains("output")) {
    ASSERT_TRUE(execution.output().has_value()) << execution.failure().cause.value_or("");
    EXPECT_EQ(print(execution.output()->value()), print_json(body["output"]));
  }
  if (body.contains("output_bytes")) {
    ASSERT_TRUE(execution.output().has_value());
    EXPECT_EQ(execution.output()->size(), body["output_bytes"].get<std::size_t>());
  }
  if (body.contains("details")) expect_details(world, body["details"]);
  if (body.contains("error")) {
    EXPECT_EQ(execution.failure().error.value_or("(none)"), body["error"].get<std::string>());
  }
  if (body.contains("cause")) {
    EXPECT_EQ(execution.failure().cause.value_or("(none)"), body["cause"].get<std::string>());
  }
  if (body.contains("cause_begins")) {
    EXPECT_THAT(execution.failure().cause.value_or("(none)"),
                testing::StartsWith(body["cause_begins"].get<std::string>()));
  }
  if (body.contains("history")) {
    EXPECT_EQ(world.history(), read_lines(body["history"]));
  }
  if (body.contains("stopped_after_milliseconds")) {
    const auto took = execution.stopped_at().value_or(execution.started_at()) - execution.started_at();
    EXPECT_EQ(std::chrono::duration_cast<std::chrono::milliseconds>(took).count(),
              body["stopped_after_milliseconds"].get<std::int64_t>());
  }
  if (body.contains("seconds")) {
    const auto took = world.now() - execution.started_at();
    EXPECT_EQ(std::chrono::duration_cast<std::chrono::seconds>(took).count(), body["seconds"].get<std::int64_t>());
  }
}

/// `input_bytes`: a list of one object that is as large as JSON.
Payload read_input(const Json& body) {
  if (body.contains("input")) return Payload(body["input"]);
  if (!body.contains("input_bytes")) return Payload();
  const auto frame = std::string_view(R"([{"k":""}])").size();
  return Payload(Json::array({{{"k", std::string(body["input_bytes"].get<std::size_t>() - frame, 'x')}}}));
}

/// StopExecution after so many seconds.
void stop(World& world, const Json& given) {
  world.run_for(std::chrono::seconds(given["after_seconds"].get<int>()));
  core::command::Stop stop;
  if (given.contains("error")) stop.failure.error = given["error"].get<std::string>();
  if (given.contains("cause")) stop.failure.cause = given["cause"].get<std::string>();
  ASSERT_EQ(world.command(stop).rejection, std::nullopt);
}

class Golden : public testing::TestWithParam<Case> {};

TEST_P(Golden, BehavesAsWritten) {
  const auto& body = GetParam().body;
  SCOPED_TRACE(GetParam().name);
  const auto compiled = core::compile(body["definition"]);
  if (body.contains("refused")) return expect_refused(compiled, body["refused"]);
  ASSERT_NE(compiled.definition, nullptr)
      << compiled.diagnostics.front().message << " at " << compiled.diagnostics.front().pointer;
  World world(compiled.definition);
  if (body.contains("functions")) {
    for (const auto& [name, answers] : body["functions"].items()) {
      std::vector<Answer> script;
      for (const auto& answer : answers) script.push_back(read_answer(answer));
      world.script(name, std::move(script));
    }
  }
  if (body.contains("late_milliseconds"))
    world.be_late(std::chrono::milliseconds(body["late_milliseconds"].get<int>()));
  for (const auto& arn : body.value("without_activities", Json::array())) world.forget_activity(arn.get<std::string>());
  world.start(read_input(body));
  if (body.contains("stop")) stop(world, body["stop"]);
  ASSERT_TRUE(world.run()) << "it does not end";
  for (int i = 0; i < body.value("redrives", 0); ++i) {
    ASSERT_EQ(world.redrive().rejection, std::nullopt);
    ASSERT_TRUE(world.run()) << "it does not end";
  }
  expect_results(world, body);
}

// ---- that no field is without a case --------------------------------------------------------------------------------

using Fields = std::map<std::string, std::set<std::string>>;

/// The fields of each state type in both query languages (ASL, the tables of each state; AWS dev guide for
/// Credentials).
Fields documented_fields() {
  const std::set<std::string> common{"Type", "Comment", "QueryLanguage"};
  const std::set<std::string> data{"InputPath", "OutputPath", "Output"};
  const std::set<std::string> work{"Parameters", "ResultSelector", "ResultPath", "Retry", "Catch"};
  const auto join = [](std::initializer_list<std::set<std::string>> sets) {
    std::set<std::string> all;
    for (const auto& each : sets) all.insert(each.begin(), each.end());
    return all;
  };
  return {
      {"Pass", join({common, data, {"Parameters", "Result", "ResultPath", "Assign", "Next", "End"}})},
      {"Task", join({common,
                     data,
                     work,
                     {"Assign", "Arguments", "Next", "End", "Resource", "TimeoutSeconds", "TimeoutSecondsPath",
                      "HeartbeatSeconds", "HeartbeatSecondsPath", "Credentials"}})},
      {"Choice", join({common, data, {"Assign", "Choices", "Default"}})},
      {"Wait", join({common, data, {"Assign", "Next", "End", "Seconds", "SecondsPath", "Timestamp", "TimestampPath"}})},
      {"Succeed", join({common, data})},
      {"Fail", join({common, {"Error", "ErrorPath", "Cause", "CausePath"}})},
      {"Parallel", join({common, data, work, {"Assign", "Arguments", "Next", "End", "Branches"}})},
      {"Map", join({common,
                    data,
                    work,
                    {"Assign", "Next", "End", "Items", "ItemsPath", "ItemSelector", "ItemProcessor", "Iterator",
                     "MaxConcurrency", "MaxConcurrencyPath", "ToleratedFailureCount", "ToleratedFailureCountPath",
                     "ToleratedFailurePercentage", "ToleratedFailurePercentagePath", "Label"}})},
  };
}

void note_fields(const Json& workflow, Fields& used) {
  for (const auto& [name, state] : workflow["States"].items()) {
    for (const auto& [field, value] : state.items()) {
      used[state["Type"].get<std::string>()].insert(field);
      if (field == "Branches") {
        for (const auto& branch : value) note_fields(branch, used);
      } else if (field == "ItemProcessor" || field == "Iterator") {
        note_fields(value, used);
      }
    }
  }
}

TEST(GoldenCases, ThereIsOneForEveryFieldOfEveryState) {
  Fields used;
  for (const auto& each : read_cases()) {
    if (!each.body.contains("refused")) note_fields(each.body["definition"], used);
  }
  EXPECT_EQ(used, documented_fields());
}

std::string test_name(const testing::TestParamInfo<Case>& info) {
  std::string name;
  for (const char c : info.param.name) name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Cases, Golden, testing::ValuesIn(read_cases()), test_name);

}  // namespace
}  // namespace stepd::test
