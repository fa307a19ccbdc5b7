// Every case of tests/core/inspect/*.yaml: what TestState is asked, and its answer or refusal. A task that is not
// mocked is answered by the case.
#include "engine/asl/source.h"
#include "engine/core/compile.h"
#include "engine/core/inspect/inspection.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace stepd::core {
namespace {

struct Case {
  std::string name;
  std::string file;
  Json body;
};

void PrintTo(const Case& given, std::ostream* out) { *out << given.file << ": " << given.name; }

std::vector<Case> read_cases() {
  std::vector<Case> cases;
  const std::filesystem::path root = std::filesystem::path(STEPD_SOURCE_DIR) / "tests" / "core" / "inspect";
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    const auto source = asl::Source::read(text.str(), asl::Format::Yaml);
    const auto file = entry.path().filename().string();
    if (!source) throw std::runtime_error(file + ": " + source.error().cause);
    for (const auto& [name, body] : source->value().items()) cases.push_back({name, file, body});
  }
  std::sort(cases.begin(), cases.end(), [](const auto& a, const auto& b) { return a.file < b.file; });
  return cases;
}

/// A text stands for itself, so that a case can say how it is written or that it is no JSON.
std::string as_text(const Json& value) { return value.is_string() ? value.get<std::string>() : print_json(value); }

std::optional<std::string> text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? std::nullopt : std::optional(as_text(*found));
}

std::optional<std::uint32_t> count_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? std::nullopt : std::optional(found->get<std::uint32_t>());
}

Failure read_failure(const Json& given) { return {text_of(given, "error"), text_of(given, "cause")}; }

StateTest::Mock read_mock(const Json& given) {
  StateTest::Mock mock;
  mock.result = text_of(given, "result");
  if (given.contains("errorOutput")) mock.error = read_failure(given["errorOutput"]);
  const auto mode = given.value("fieldValidationMode", "STRICT");
  mock.validation = mode == "NONE"      ? FieldValidation::None
                    : mode == "PRESENT" ? FieldValidation::Present
                                        : FieldValidation::Strict;
  return mock;
}

StateTest read_test(const Json& given) {
  StateTest test;
  test.definition = as_text(given["definition"]);
  test.state_name = text_of(given, "stateName");
  test.role_arn = text_of(given, "roleArn");
  test.input = text_of(given, "input").value_or("{}");
  test.variables = text_of(given, "variables");
  test.context = text_of(given, "context");
  test.reveal_secrets = given.value("revealSecrets", false);
  if (given.contains("mock")) test.mock = read_mock(given["mock"]);
  if (given.contains("stateConfiguration")) {
    const auto& configuration = given["stateConfiguration"];
    test.configuration = {count_of(configuration, "retrierRetryCount"), text_of(configuration, "errorCausedByState"),
                          count_of(configuration, "mapIterationFailureCount"),
                          text_of(configuration, "mapItemReaderData")};
  }
  const auto level = given.value("inspectionLevel", "DEBUG");
  test.level = level == "INFO" ? InspectionLevel::Info : InspectionLevel::Debug;
  return test;
}

/// Objects without their order.
std::string sorted(const Json& value) { return nlohmann::json::parse(value.dump()).dump(1); }

void answer(Inspection& inspection, const Inspection::Call& call, const Json& body) {
  ASSERT_TRUE(body.contains("calls")) << "it calls " << call.label.type << ":" << call.label.resource;
  const auto& expected = body["calls"];
  EXPECT_EQ(call.label.type + ":" + call.label.resource, expected["resource"].get<std::string>());
  EXPECT_EQ(sorted(call.input.json()), sorted(expected["input"]));
  if (expected.contains("result"))
    inspection.finish(Payload(expected["result"]));
  else
    inspection.finish(read_failure(expected));
}

/// "..." at the end stands for words that are somebody else's.
testing::Matcher<std::string> reads(const std::string& text) {
  if (!text.ends_with("...")) return testing::Eq(text);
  return testing::StartsWith(text.substr(0, text.size() - 3));
}

class Inspect : public testing::TestWithParam<Case> {};

TEST_P(Inspect, BehavesAsWritten) {
  const auto& body = GetParam().body;
  SCOPED_TRACE(GetParam().name);
  const auto test = read_test(body["test"]);
  auto plan = plan_state_test(test);
  if (body.contains("refused")) {
    ASSERT_FALSE(plan.has_value());
    EXPECT_EQ(plan.error().name, body["refused"].begin().key());
    EXPECT_THAT(plan.error().cause, reads(body["refused"].begin()->get<std::string>()));
    return;
  }
  ASSERT_TRUE(plan.has_value()) << plan.error().cause;
  const auto compiled = compile_text(plan->machine, {.tested = true});
  ASSERT_NE(compiled.definition, nullptr)
      << compiled.diagnostics.front().message << " at " << compiled.diagnostics.front().pointer;
  Identity who{"arn:aws:states:us-east-1:123456789012:express:m:e", "e", "arn:m", "m", test.role_arn.value_or(""), ""};
  Inspection inspection(compiled.definition, *std::move(plan), who,
                        {Instant(std::chrono::milliseconds(1'700'000'000'000)), 1});
  if (const auto call = inspection.begin()) answer(inspection, *call, body);
  auto found = render(inspection.outcome(), inspection.state(), test.level);
  auto expected = body["answer"];
  if (expected.contains("cause") && found.contains("cause")) {
    EXPECT_THAT(found["cause"].get<std::string>(), reads(expected["cause"].get<std::string>()));
    expected["cause"] = found["cause"];
  }
  EXPECT_EQ(sorted(found), sorted(expected));
}

TEST(Inspection, AnItemSelectorOverALargeInputIsEvaluatedForTheFirstItemsOnly) {
  StateTest test;
  test.definition =
      R"({"Type":"Map","ItemSelector":{"all.$":"$"},"ItemProcessor":{"StartAt":"B","States":{"B":{"Type":"Succeed"}}},"End":true})";
  test.input = print_json(Json(std::vector<int>(100'000, 1)));
  test.mock = {"[1]", std::nullopt, FieldValidation::Strict};
  auto plan = plan_state_test(test);
  ASSERT_TRUE(plan.has_value());
  const auto compiled = compile_text(plan->machine, {.tested = true});
  ASSERT_NE(compiled.definition, nullptr);
  Inspection inspection(compiled.definition, *std::move(plan), {}, {Instant{}, 1});
  inspection.begin();
  const auto outcome = inspection.outcome();
  EXPECT_EQ(outcome.status, Inspected::Status::Succeeded);
  const auto shown = outcome.steps.at(Step::AfterItemSelector).value().size();
  EXPECT_GE(shown, 40U);
  EXPECT_LT(shown, 200U);
}

std::string test_name(const testing::TestParamInfo<Case>& info) {
  std::string name;
  for (const char c : info.param.name) name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Cases, Inspect, testing::ValuesIn(read_cases()), test_name);

}  // namespace
}  // namespace stepd::core
