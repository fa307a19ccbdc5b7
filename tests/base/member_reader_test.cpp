#include "base/member_reader.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace stepd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Keeps the faults as text and makes all of the base public.
class Recorder final : public MemberReader {
 public:
  using MemberReader::Dialect;
  static constexpr Dialect kPlain{true, false, {"S", "T", "B", "I", "N", "O", "A"}};
  static constexpr Dialect kNullIsAValue{false, false, kPlain.types};
  static constexpr Dialect kWholeFloats{true, true, kPlain.types};

  explicit Recorder(const Json& object, const Dialect& dialect = kPlain) : MemberReader(object, dialect) {}
  using MemberReader::filled_string, MemberReader::find, MemberReader::hide, MemberReader::known, MemberReader::unknown;

  std::vector<std::string> faults;

 private:
  void mistyped(std::string_view name, const Wanted& wanted, const Json& found) override {
    faults.push_back(std::string(name) + ": " + wanted.text() + ", not " + found.dump());
  }
};

TEST(MemberReader, AnswersWhatFits) {
  const Json object = Json::parse(R"({"s": "x", "b": false, "i": -3, "n": 1.5, "o": {}, "a": []})");
  Recorder reader(object);
  EXPECT_EQ(reader.string("s"), "x");
  EXPECT_EQ(reader.filled_string("s"), "x");
  EXPECT_EQ(reader.boolean("b"), false);
  EXPECT_EQ(reader.integer("i", -3, 0), -3);
  EXPECT_EQ(reader.number("n", 0, 1.5), 1.5);
  EXPECT_EQ(reader.number("i", -5, 5), -3);
  EXPECT_EQ(reader.object("o"), &object["o"]);
  EXPECT_EQ(reader.array("a"), &object["a"]);
  EXPECT_THAT(reader.faults, IsEmpty());
  EXPECT_THAT(reader.unknown(), IsEmpty());
}

TEST(MemberReader, TellsWhatDoesNotFitAndAnswersNothing) {
  const Json object = Json::parse(R"({"s": 1, "t": "", "b": "true", "i": 7, "n": "1.5", "o": [], "a": {}})");
  Recorder reader(object);
  EXPECT_EQ(reader.string("s"), std::nullopt);
  EXPECT_EQ(reader.filled_string("t"), std::nullopt);
  EXPECT_EQ(reader.boolean("b"), std::nullopt);
  EXPECT_EQ(reader.integer("i", 0, 6), std::nullopt);
  EXPECT_EQ(reader.number("n", 0, 1), std::nullopt);
  EXPECT_EQ(reader.object("o"), nullptr);
  EXPECT_EQ(reader.array("a"), nullptr);
  EXPECT_THAT(reader.faults,
              ElementsAre("s: S, not 1", "t: T, not \"\"", "b: B, not \"true\"", "i: I from 0 to 6, not 7",
                          "n: N from 0.0 to 1.0, not \"1.5\"", "o: O, not []", "a: A, not {}"));
}

TEST(MemberReader, TakesNullForAbsentOrForAValueAsTheRulesSay) {
  const Json object = Json::parse(R"({"a": null})");
  Recorder absent(object);
  EXPECT_FALSE(absent.has("a"));
  EXPECT_EQ(absent.string("a"), std::nullopt);
  EXPECT_EQ(absent.find("a"), &object["a"]);
  EXPECT_THAT(absent.faults, IsEmpty());
  Recorder value(object, Recorder::kNullIsAValue);
  EXPECT_TRUE(value.has("a"));
  EXPECT_EQ(value.string("a"), std::nullopt);
  EXPECT_THAT(value.faults, ElementsAre("a: S, not null"));
}

TEST(MemberReader, TakesAWholeFloatForAnIntegerWhereTheRulesSaySo) {
  for (const char* text : {"500.0", "5e2", "500"}) {
    const Json object{{"n", Json::parse(text)}};
    Recorder reader(object, Recorder::kWholeFloats);
    EXPECT_EQ(reader.integer("n", 1, 500), 500) << text;
  }
  for (const char* text : {"500.5", "1e300", "9007199254740994.0", "18446744073709551615", "501"}) {
    const Json object{{"n", Json::parse(text)}};
    Recorder reader(object, Recorder::kWholeFloats);
    EXPECT_EQ(reader.integer("n", 1, 500), std::nullopt) << text;
    EXPECT_EQ(reader.faults.size(), 1U) << text;
  }
}

TEST(MemberReader, TellsTheNamesThatNobodyAskedForInTheirOrder) {
  const Json object = Json::parse(R"({"z": 1, "b": 1, "a": 1, "c": 1})");
  Recorder reader(object);
  EXPECT_TRUE(reader.has("z"));
  reader.take("b");
  reader.take("none");
  reader.take("b");
  EXPECT_THAT(reader.known(), ElementsAre("b", "none"));
  EXPECT_THAT(reader.unknown(), ElementsAre("z", "a", "c"));
}

TEST(MemberReader, AHiddenMemberIsKnownAndAbsent) {
  const Json object = Json::parse(R"({"a": 1})");
  Recorder reader(object);
  reader.hide("a");
  EXPECT_FALSE(reader.has("a"));
  EXPECT_EQ(reader.take("a"), nullptr);
  EXPECT_THAT(reader.unknown(), IsEmpty());
}

TEST(MemberReader, OfWhatIsNoObjectEveryMemberIsAbsent) {
  for (const char* text : {"null", "7", "[1]", "\"x\""}) {
    const Json value = Json::parse(text);
    Recorder reader(value);
    EXPECT_FALSE(reader.has("a")) << text;
    EXPECT_EQ(reader.integer("a", 0, 1), std::nullopt) << text;
    EXPECT_THAT(reader.unknown(), IsEmpty()) << text;
    EXPECT_THAT(reader.faults, IsEmpty()) << text;
  }
}

}  // namespace
}  // namespace stepd
