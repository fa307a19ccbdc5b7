#include "base/http_date.h"

#include <gtest/gtest.h>

namespace stepd::test {
namespace {

TEST(HttpDate, IsInGmtWithoutFractions) {
  EXPECT_EQ(to_http_date(*from_rfc3339("2026-11-21T06:44:00.999Z")), "Sat, 21 Nov 2026 06:44:00 GMT");
  EXPECT_EQ(to_http_date(*from_rfc3339("1994-11-06T08:49:37+01:00")), "Sun, 06 Nov 1994 07:49:37 GMT");
}

TEST(HttpDate, IsReadInThreeForms) {
  const auto date = *from_rfc3339("1994-11-06T08:49:37Z");
  EXPECT_EQ(from_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), date);
  EXPECT_EQ(from_http_date("Sunday, 06-Nov-94 08:49:37 GMT"), date);
  EXPECT_EQ(from_http_date("Sun Nov  6 08:49:37 1994"), date);
  for (const auto* text : {"", "yesterday", "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37 GMT+1", "\"tag\""})
    EXPECT_EQ(from_http_date(text), std::nullopt) << text;
}

}  // namespace
}  // namespace stepd::test
