// Lines of the log in JSON.
#include "daemon/log_format.h"

#include "base/json.h"
#include "base/log_context.h"

#include <gtest/gtest.h>
#include <spdlog/details/log_msg.h>
#include <nlohmann/json.hpp>

namespace stepd::daemon {
namespace {

std::string line_of(std::string_view text) {
  const spdlog::log_clock::time_point at{std::chrono::milliseconds(1'700'000'000'123)};
  spdlog::details::log_msg message(at, {}, "stepd", spdlog::level::warn,
                                   spdlog::string_view_t(text.data(), text.size()));
  spdlog::memory_buf_t line;
  make_log_formatter(LogFormat::Json)->format(message, line);
  return {line.data(), line.size()};
}

TEST(JsonLog, ALineIsAnObject) {
  EXPECT_EQ(line_of("ready"), R"({"time":"2023-11-14T22:13:20.123Z","level":"warning","message":"ready"})"
                              "\n");
}

TEST(JsonLog, NoTextBreaksALine) {
  const std::string hostile("a\"b\\c\n\x1b[31m\0\xff\xc3", 14);
  const auto line = line_of(hostile);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const auto told = Json::parse(line);
  EXPECT_EQ(told["message"].get<std::string>(), std::string("a\"b\\c\n\x1b[31m\0", 12) + "\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(JsonLog, ALineTellsOfTheInnermostContext) {
  const LogContext outer("arn:a", "Resize");
  EXPECT_EQ(Json::parse(line_of("x"))["executionArn"], "arn:a");
  EXPECT_EQ(Json::parse(line_of("x"))["state"], "Resize");
  {
    const LogContext inner("arn:b");
    EXPECT_EQ(Json::parse(line_of("x"))["executionArn"], "arn:b");
    EXPECT_FALSE(Json::parse(line_of("x")).contains("state"));
  }
  EXPECT_EQ(Json::parse(line_of("x"))["executionArn"], "arn:a");
}

}  // namespace
}  // namespace stepd::daemon
