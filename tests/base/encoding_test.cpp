#include "base/encoding.h"

#include <gtest/gtest.h>

namespace stepd::test {
namespace {

using namespace std::string_literals;

/// Every byte there is, in order.
std::string all_bytes() {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  return bytes;
}

TEST(Hex, WritesTwoLowerCaseDigitsForAByte) {
  EXPECT_EQ(to_hex(""), "");
  EXPECT_EQ(to_hex("\x00\x0f\xa0\xff"s), "000fa0ff");
}

TEST(Hex, ReadsDigitsOfBothCases) {
  EXPECT_EQ(hex_value('0'), 0u);
  EXPECT_EQ(hex_value('f'), 15u);
  EXPECT_EQ(hex_value('A'), 10u);
  for (const char c : "/:@G`g \0\xff"s) EXPECT_FALSE(hex_value(c)) << c;
}

TEST(Uuid, IsTheFirstSixteenBytes) {
  EXPECT_EQ(to_uuid("\x01\x23\x45\x67\x89\xab\xcd\xef\xfe\xdc\xba\x98\x76\x54\x32\x10 and more"),
            "01234567-89ab-cdef-fedc-ba9876543210");
}

TEST(Base64, WritesAndReadsTheExamplesOfItsRfc) {
  const std::pair<const char*, const char*> examples[] = {{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : examples) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text), bytes);
  }
  EXPECT_EQ(from_base64(to_base64(all_bytes())), all_bytes());
}

TEST(Base64, ReadsNothingThatItWouldNotWrite) {
  for (const char* text : {"Zg", "Zg=", "Zg===", "====", "=Zg=", "Z===", "Zh==", "Zm9=", " Zg=", "Zm9v\n",
                           "Zg==Zg==", "Zm 9", "Zm9-", "Zm9_", "    "}) {
    EXPECT_FALSE(from_base64(text)) << text;
  }
  EXPECT_FALSE(from_base64("Zg=\0"s));
}

TEST(Base64, CanBeReadAsJavaReadsIt) {
  for (const char* text : {"Zg", "Zg==", "Zh==", "Zh"}) EXPECT_EQ(from_base64_leniently(text), "f") << text;
  for (const char* text : {"Zm8", "Zm8=", "Zm9="}) EXPECT_EQ(from_base64_leniently(text), "fo") << text;
  EXPECT_EQ(from_base64_leniently(""), "");
  EXPECT_EQ(from_base64_leniently(to_base64(all_bytes())), all_bytes());
  for (const char* text : {"Z", "Zg=", "Zg===", "=", "====", "Z===", "Z=g=", "Zg==Zg==", "Zm9v\n", " Zg=", "Zm9-"}) {
    EXPECT_FALSE(from_base64_leniently(text)) << text;
  }
  EXPECT_FALSE(from_base64_leniently("Zg\0\0"s));
}

TEST(Base64Url, HasItsOwnLettersAndNoPadding) {
  EXPECT_EQ(to_base64url("\xfb\xff\xfe"), "-__-");
  EXPECT_EQ(from_base64url("-__-"), "\xfb\xff\xfe");
  EXPECT_EQ(to_base64url("f"), "Zg");
  EXPECT_EQ(from_base64url("Zg"), "f");
  EXPECT_EQ(from_base64url(to_base64url(all_bytes())), all_bytes());
  for (const char* text : {"Zg==", "+//+", "Zh", "Z", "Zg \n"}) EXPECT_FALSE(from_base64url(text)) << text;
}

TEST(PercentEncoding, LeavesWhatRfc3986CallsUnreserved) {
  EXPECT_EQ(percent_encode("Az09-._~"), "Az09-._~");
  EXPECT_EQ(percent_encode("a b/c%\xC3\xBC\0*"s), "a%20b%2Fc%25%C3%BC%00%2A");
}

TEST(PercentEncoding, LeavesTheMarksThatItIsGiven) {
  EXPECT_EQ(percent_encode("a b+c/~*", "-_.*/", Space::Plus), "a+b%2Bc/%7E*");
}

TEST(PercentEncoding, IsReadBack) {
  EXPECT_EQ(percent_decode(percent_encode(all_bytes())), all_bytes());
  EXPECT_EQ(percent_decode(percent_encode(all_bytes(), "", Space::Plus), Space::Plus), all_bytes());
  EXPECT_EQ(percent_decode("%2f%2F+"), "//+");
  EXPECT_EQ(percent_decode("%2B+", Space::Plus), "+ ");
}

TEST(PercentEncoding, RefusesAStrayPercentOrKeepsIt) {
  for (const char* text : {"%", "a%", "%2", "%2g", "%g2", "%%20"}) EXPECT_FALSE(percent_decode(text)) << text;
  EXPECT_EQ(percent_decode_leniently("%%20%2"), "% %2");
  EXPECT_EQ(percent_decode_leniently("100%+%zz"), "100%+%zz");
  EXPECT_EQ(percent_decode_leniently("%4g%41"), "%4gA");
  EXPECT_EQ(percent_decode_leniently("100%+%41", Space::Plus), "100% A");
  EXPECT_EQ(percent_decode_leniently("a+b%20c%2Fd%2520", Space::Plus), "a b c/d%20");
}

}  // namespace
}  // namespace stepd::test
