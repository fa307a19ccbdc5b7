// What functions print, cut into events, and the lines that Lambda adds.
#include "functions/log_stream.h"
#include "functions/output_lines.h"
#include "functions/platform_errors.h"
#include "kept_logs.h"

#include <gmock/gmock.h>

namespace stepd::test {
namespace {

using functions::OutputFrames;
using functions::OutputLines;
using testing::ElementsAre;
using testing::IsEmpty;

class FunctionOutputTest : public testing::Test {
 protected:
  functions::TakeEvent take() {
    return [this](std::string_view text) { events_.emplace_back(text); };
  }
  static std::string frame(std::string_view text, std::uint32_t type = 0xa55a0003, std::size_t told = 0) {
    std::string bytes;
    const auto number = [&](std::uint32_t value) {
      for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
    };
    number(type);
    number(static_cast<std::uint32_t>(told == 0 ? text.size() : told));
    number(0);
    number(1);
    return bytes + std::string(text);
  }
  std::vector<std::string> events_;
};

TEST_F(FunctionOutputTest, LinesArriveInAnyPieces) {
  OutputLines lines;
  for (const char* piece : {"a", "b\nc", "\n\nd"}) lines.add(piece, take());
  EXPECT_THAT(events_, ElementsAre("ab", "c", ""));
  lines.finish(take());
  EXPECT_EQ(events_.back(), "d");
}

TEST_F(FunctionOutputTest, ALineWithoutEndIsCut) {
  OutputLines lines;
  const std::string piece(100'000, 'x');
  for (int i = 0; i < 6; ++i) lines.add(piece, take());
  lines.add("\n", take());
  ASSERT_EQ(events_.size(), 3u);
  EXPECT_EQ(events_[0].size(), functions::kEventBytes);
  EXPECT_EQ(events_[1].size(), functions::kEventBytes);
  EXPECT_EQ(events_[2].size(), 600'000 - 2 * functions::kEventBytes);
}

TEST_F(FunctionOutputTest, AFrameIsOneEventHoweverItArrives) {
  const auto bytes = frame("first\nsecond") + frame("third", 0xa55a0002) + frame("", 0xa55a0003 + 0x0c00);
  for (std::size_t size : {1u, 3u, 16u, 1'000u}) {
    events_.clear();
    OutputFrames frames;
    for (std::size_t at = 0; at < bytes.size(); at += size) frames.add(bytes.substr(at, size), take());
    EXPECT_THAT(events_, ElementsAre("first\nsecond", "third", "")) << size;
  }
}

TEST_F(FunctionOutputTest, AFrameThatIsTooLongIsCutAndTheNextOneIsUnderstood) {
  OutputFrames frames;
  frames.add(frame(std::string(functions::kEventBytes + 5, 'x')) + frame("next"), take());
  ASSERT_EQ(events_.size(), 2u);
  EXPECT_EQ(events_[0].size(), functions::kEventBytes);
  EXPECT_EQ(events_[1], "next");
}

TEST_F(FunctionOutputTest, WhatIsNoFrameEndsTheReading) {
  OutputFrames frames;
  frames.add("this is no frame at all", take());
  frames.add(frame("late"), take());
  EXPECT_THAT(events_, IsEmpty());
}

TEST_F(FunctionOutputTest, OutputWithoutEndIsCutWithANote) {
  KeptLogs logs;
  const SystemClock clock;
  functions::LogStream stream(logs, clock, "/aws/lambda/f", std::string(32, '0'));
  stream.start("one");
  const std::string line(200'000, 'x');
  for (int i = 0; i < 200; ++i) stream.print(line);
  const auto count = logs.messages().size();
  EXPECT_LE(count, 1 + functions::LogStream::kCallBytes / line.size() + 1);
  EXPECT_TRUE(logs.has("one call may print 16777216 bytes"));
  stream.end("one");
  EXPECT_TRUE(logs.has("END RequestId: one"));
  stream.start("two");
  stream.print("again");
  EXPECT_EQ(logs.messages().back(), "again");
}

TEST_F(FunctionOutputTest, TheTailIsWhatTheLastCallLogged) {
  KeptLogs logs;
  const SystemClock clock;
  functions::LogStream stream(logs, clock, "/aws/lambda/f", std::string(32, '0'));
  stream.init_start("python3.12");
  stream.start("one");
  stream.print("printed");
  EXPECT_EQ(stream.tail(), "START RequestId: one Version: $LATEST\nprinted\n");
  for (int i = 0; i < 1'000; ++i) stream.print("line " + std::to_string(i));
  EXPECT_EQ(stream.tail().size(), functions::LogStream::kTailBytes);
  EXPECT_TRUE(stream.tail().ends_with("line 999\n"));
}

TEST_F(FunctionOutputTest, AStreamIsNamedAsLambdaNamesIt) {
  KeptLogs logs;
  const SystemClock clock;
  const functions::LogStream stream(logs, clock, "/aws/lambda/f", std::string(32, 'a'));
  EXPECT_THAT(stream.name(), testing::MatchesRegex("[0-9]{4}/[0-9]{2}/[0-9]{2}/\\[\\$LATEST\\]a{32}"));
}

TEST_F(FunctionOutputTest, PostedErrorsAreNamedByTheirBodyFirst) {
  EXPECT_EQ(functions::posted_error(R"({"errorType":"ValueError"})", "unhandled").error_type, "ValueError");
  EXPECT_EQ(functions::posted_error(R"({"a":1})", "Extension.Crash").error_type, "Extension.Crash");
  EXPECT_EQ(functions::posted_error("no JSON", "").error_type, "Unhandled");
}

}  // namespace
}  // namespace stepd::test
