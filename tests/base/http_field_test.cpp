#include "base/http_field.h"

#include <gtest/gtest.h>

namespace stepd::test {
namespace {

using namespace std::string_literals;

TEST(HttpField, IsPrintedOnOneLine) {
  EXPECT_EQ(print_http_field("X-Amz-Meta-a", "caf\xC3\xA9: yes"), "X-Amz-Meta-a: caf\xC3\xA9: yes");
  EXPECT_EQ(print_http_field("A", ""), "A: ");
}

TEST(HttpField, HasNoControlCharacterInItsValue) {
  for (int byte = 0; byte < 0x20; ++byte) EXPECT_FALSE(print_http_field("A", "v"s + static_cast<char>(byte))) << byte;
  for (const auto& value : {"a\r\nX: 1"s, "\n"s, "a\0b"s, "\x7f"s}) EXPECT_FALSE(print_http_field("A", value)) << value;
}

TEST(HttpField, HasATokenForAName) {
  for (const auto& name : {""s, "A B"s, "A:"s, "A\r\nB"s, "A\0"s, "\xC3\xA9"s, "A(b)"s}) {
    EXPECT_FALSE(print_http_field(name, "v")) << name;
  }
}

TEST(HttpField, IsAppendedAsALineOrNotAtAll) {
  std::string head = "GET / HTTP/1.1\r\n";
  append_http_field(head, "A", "v");
  append_http_field(head, "B", "a\r\nX: 1\0\x7f"s);
  append_http_field(head, "C\r\nX", "v");
  append_http_field(head, "", "v");
  append_http_field(head, "D", "");
  EXPECT_EQ(head, "GET / HTTP/1.1\r\nA: v\r\nB: aX: 1\r\nD: \r\n");
}

TEST(HttpField, CanBeCleaned) { EXPECT_EQ(to_http_field_value("a\r\nX: 1\0\x7f\t\xC3\xA9"s), "aX: 1\xC3\xA9"); }

}  // namespace
}  // namespace stepd::test
