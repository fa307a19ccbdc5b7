#include "tasks/arguments.h"

#include "base/payload.h"

#include <gmock/gmock.h>

#include <array>
#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string cause_of(const Result<void>& result) {
  if (result) return "no fault";
  EXPECT_EQ(result.error().name, "Handler.InvalidArguments");
  return result.error().cause;
}

TEST(Arguments, GathersEveryFaultWithItsPointer) {
  const Json event = Json::parse(R"({"key": 7, "quality": 300, "fit": "covr", "enlarge": "yes", "qualty": 1,
                                     "destination": {"bucket": "", "kee": "x"}})");
  Arguments arguments(event);
  EXPECT_EQ(arguments.text("bucket"), "");
  EXPECT_EQ(arguments.text("key"), "");
  EXPECT_EQ(arguments.optional_integer("quality", 1, 100), std::nullopt);
  constexpr std::array<std::string_view, 2> kFits{"inside", "cover"};
  EXPECT_EQ(arguments.optional_choice("fit", kFits), std::nullopt);
  EXPECT_TRUE(arguments.flag("enlarge", true));
  arguments.object("destination", [](Arguments& inner) {
    inner.text("bucket");
    inner.text("key");
  });
  const auto cause = cause_of(arguments.finish());
  EXPECT_THAT(cause, HasSubstr("/bucket: missing, expected a string that is not empty"));
  EXPECT_THAT(cause, HasSubstr("/key: expected a string that is not empty, got the number 7"));
  EXPECT_THAT(cause, HasSubstr("/quality: expected a whole number from 1 to 100, got the number 300"));
  EXPECT_THAT(cause, HasSubstr("/fit: expected one of inside, cover (perhaps cover), got the string \"covr\""));
  EXPECT_THAT(cause, HasSubstr("/enlarge: expected true or false, got the string \"yes\""));
  EXPECT_THAT(cause, HasSubstr("/destination/bucket: expected a string that is not empty, got the string \"\""));
  EXPECT_THAT(cause, HasSubstr("/destination/key: missing"));
  EXPECT_THAT(cause, HasSubstr("/destination/kee: unknown, did you mean key?"));
  EXPECT_THAT(cause, HasSubstr("/qualty: unknown, did you mean quality?"));
}

TEST(Arguments, TakesNullForAnAbsentOptionalMember) {
  const Json event = Json::parse(R"({"a": null, "b": null, "c": null, "d": null, "e": null})");
  Arguments arguments(event);
  constexpr std::array<std::string_view, 1> kWords{"x"};
  EXPECT_EQ(arguments.optional_text("a"), std::nullopt);
  EXPECT_EQ(arguments.optional_integer("b", 0, 9), std::nullopt);
  EXPECT_TRUE(arguments.flag("c", true));
  EXPECT_EQ(arguments.optional_choice("d", kWords), std::nullopt);
  EXPECT_EQ(arguments.optional_object("e"), nullptr);
  EXPECT_FALSE(arguments.has("a"));
  EXPECT_TRUE(arguments.finish().has_value());
}

TEST(Arguments, RefusesNullForARequiredMember) {
  const Json event = Json::parse(R"({"a": null, "b": null, "c": null})");
  Arguments arguments(event);
  EXPECT_EQ(arguments.text("a"), "");
  arguments.object("b", [](Arguments&) { FAIL(); });
  EXPECT_NE(arguments.any("c"), nullptr);
  EXPECT_EQ(cause_of(arguments.finish()),
            "/a: expected a string that is not empty, got null; /b: expected an object, got null");
}

TEST(Arguments, ReadsOnAfterANumberOutOfRange) {
  const Json event = Json::parse(R"({"a": 300, "b": 1.5, "c": -1, "d": {"e": 7}})");
  Arguments arguments(event);
  EXPECT_EQ(arguments.optional_integer("a", 1, 100), std::nullopt);
  EXPECT_EQ(arguments.optional_number("b", 0, 1), std::nullopt);
  EXPECT_EQ(arguments.optional_integer("c", 0, 9), std::nullopt);
  EXPECT_TRUE(arguments.optional_object("d", [](Arguments& inner) { inner.optional_integer("e", 0, 6); }));
  EXPECT_EQ(cause_of(arguments.finish()),
            "/a: expected a whole number from 1 to 100, got the number 300; "
            "/b: expected a number from 0.0 to 1.0, got the number 1.5; "
            "/c: expected a whole number from 0 to 9, got the number -1; "
            "/d/e: expected a whole number from 0 to 6, got the number 7");
}

TEST(Arguments, ListsWhatIsKnownWhereNoNameIsNear) {
  const Json event = Json::parse(R"({"elephant": 1})");
  Arguments arguments(event);
  arguments.optional_text("key");
  arguments.flag("all", false);
  EXPECT_EQ(cause_of(arguments.finish()), "/elephant: unknown, known are key, all");
}

TEST(Arguments, TakesWholeNumbersOnly) {
  const std::pair<const char*, std::optional<std::int64_t>> cases[] = {
      {"5", 5},
      {"5.0", 5},
      {"5e2", 500},
      {"0", std::nullopt},
      {"501", std::nullopt},
      {"5.5", std::nullopt},
      {"-5", std::nullopt},
      {"\"5\"", std::nullopt},
      {"1e300", std::nullopt},
      {"18446744073709551615", std::nullopt},
      {"true", std::nullopt},
      {"[5]", std::nullopt},
  };
  for (const auto& [text, expected] : cases) {
    const Json event{{"n", Json::parse(text)}};
    Arguments arguments(event);
    EXPECT_EQ(arguments.optional_integer("n", 1, 500), expected) << text;
    EXPECT_EQ(arguments.finish().has_value(), expected.has_value()) << text;
  }
}

TEST(Arguments, RefusesWhatIsNoObject) {
  for (const char* text : {"[]", "null", "7", "\"x\""}) {
    const Json event = Json::parse(text);
    Arguments arguments(event);
    arguments.text("bucket");
    EXPECT_THAT(cause_of(arguments.finish()), HasSubstr("the arguments: expected an object")) << text;
  }
}

TEST(Arguments, EscapesPointers) {
  const Json event = Json::parse(R"({"a/b~c": 1})");
  Arguments arguments(event);
  EXPECT_THAT(cause_of(arguments.finish()), HasSubstr("/a~1b~0c: unknown"));
}

TEST(Arguments, AnswersShortlyToHugeNonsense) {
  Json event = Json::object();
  for (int i = 0; i < 5'000; ++i) event["member" + std::to_string(i)] = i;
  event["text"] = std::string(200'000, '\xC3') + "\xA4";
  event[std::string(100'000, 'n')] = 1;
  Arguments arguments(event);
  arguments.optional_integer("text", 0, 1);
  const auto cause = cause_of(arguments.finish());
  EXPECT_LT(cause.size(), 4'000u);
  EXPECT_THAT(cause, HasSubstr("more"));
}

TEST(Arguments, CutsShownTextBetweenCharacters) {
  std::string umlauts;
  for (int i = 0; i < 100; ++i) umlauts += "\xC3\xA4";
  const Json event{{"n", umlauts}};
  Arguments arguments(event);
  arguments.optional_integer("n", 0, 1);
  const auto cause = cause_of(arguments.finish());
  EXPECT_THAT(cause, HasSubstr("..."));
  EXPECT_THAT(print_json(Json(cause)), Not(HasSubstr("\xEF\xBF\xBD")));
}

}  // namespace
}  // namespace stepd::tasks
