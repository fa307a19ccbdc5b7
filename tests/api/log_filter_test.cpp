// Filter patterns of CloudWatch Logs, as a table.
#include "api/aws/log_filter.h"

#include <gtest/gtest.h>

namespace stepd::api {
namespace {

TEST(LogFilter, MatchesAsTheUserGuideSays) {
  struct Case {
    const char* pattern;
    const char* message;
    bool matches;
  };
  const Case cases[] = {
      {"", "anything", true},
      {"ERROR", "[ERROR] x", true},
      {"ERROR", "error", false},
      {"ERROR code", "code of ERROR", true},
      {"ERROR code", "ERROR", false},
      {"\"ERROR code\"", "an ERROR code", true},
      {"\"ERROR code\"", "code ERROR", false},
      {"?ERROR ?WARN", "WARN x", true},
      {"?ERROR ?WARN", "INFO x", false},
      {"ERROR -\"not mine\"", "ERROR: not mine", false},
      {"ERROR -other", "ERROR", true},
      {R"("a\"b")", R"(x a"b)", true},
      {R"({ $.a = "x" })", R"({"a":"x"})", true},
      {R"({$.a="x"})", R"({"a":"y"})", false},
      {R"({ $.a = "x*z" })", R"({"a":"xyz"})", true},
      {R"({ $.a = "*mid*" })", R"({"a":"a mid b"})", true},
      {R"({ $.a = "x" })", "x", false},
      {R"({ $.a != "x" })", R"({"a":"y"})", true},
      {R"({ $.n > 3 && $.n <= 5 })", R"({"n":5})", true},
      {R"({ $.n > 3 })", R"({"n":3})", false},
      {R"({ $.n = 3 })", R"({"n":3.0})", true},
      {R"({ $.b.c[1] = 2 })", R"({"b":{"c":[1,2]}})", true},
      {R"({ $.a = "x" || ($.b = "y" && $.c IS TRUE) })", R"({"b":"y","c":true})", true},
      {R"({ $.a IS NULL })", R"({"a":null})", true},
      {R"({ $.a NOT EXISTS })", R"({"b":null})", true},
      {R"({ $.a NOT EXISTS })", R"({"a":null})", false},
      {R"({ $.a = true })", R"({"a":true})", true},
  };
  for (const auto& each : cases) {
    const auto filter = LogFilter::compile(each.pattern);
    ASSERT_TRUE(filter.has_value()) << each.pattern << ": " << filter.error().cause;
    EXPECT_EQ(filter->matches(each.message), each.matches) << each.pattern << " on " << each.message;
  }
}

TEST(LogFilter, RefusesWhatItCannotRead) {
  for (const std::string& pattern :
       {std::string("\"a"), std::string("-"), std::string("%a%"), std::string("[a, b]"), std::string("{ $.a = 1"),
        std::string("{ a = 1 }"), std::string("{ $.a }"), std::string("{ $.a = }"), std::string("{ $.a = 1 $.b }"),
        std::string("{ ($.a = 1 }"), std::string("{ $.a[x] = 1 }"), std::string("{ $. = 1 }"),
        "{ " + std::string(40, '(') + " $.a = 1 " + std::string(40, ')') + " }", std::string(1'025, 'a')}) {
    EXPECT_FALSE(LogFilter::compile(pattern).has_value()) << pattern;
  }
}

}  // namespace
}  // namespace stepd::api
