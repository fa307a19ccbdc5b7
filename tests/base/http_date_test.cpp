#include "base/http_date.h"

#include <gtest/gtest.h>

namespace stepd::test {
namespace {

TEST(HttpDate, IsInGmtWithoutFractions) {
  EXPECT_EQ(to_http_date(*from_rfc3339("2026-11-21T06:44:00.999Z")), "Sat, 21 Nov 2026 06:44:00 GMT");
  EXPECT_EQ(to_http_date(*from_rfc3339("1994-11-06T08:49:37+01:00")), "Sun, 06 Nov 1994 07:49:37 GMT");
}

}  // namespace
}  // namespace stepd::test
