// Values printed, whole and their beginnings.
#include "base/value/print.h"

#include "value_samples.h"

#include <gtest/gtest.h>

#include <string>

namespace stepd {
namespace {

std::string beginning(const Value& value, std::size_t most) {
  std::string text;
  print_prefix(value, most, text);
  return text;
}

TEST(ValuePrint, OfRandomTreesTextBytesIsTheSizeAndPrintingIsAFixpoint) {
  RandomValues values(1);
  for (int round = 0; round < 3'000; ++round) {
    const Value value = values.tree(6);
    const std::string text = print(value);
    ASSERT_EQ(text.size(), value.text_bytes()) << text;
    const Value read = value_of(text);
    ASSERT_EQ(print(read), text);
    ASSERT_EQ(read.nodes(), value.nodes()) << text;
    ASSERT_EQ(read.depth(), value.depth()) << text;
  }
}

TEST(ValuePrint, WritesIntoMemoryOfTheRightSize) {
  const Value value = value_of(R"({"a":[1,"ü"]})");
  std::string text(value.text_bytes() + 3, '#');
  EXPECT_EQ(print(value, text), value.text_bytes());
  EXPECT_EQ(text, print(value) + "###");
}

TEST(ValuePrint, ABeginningIsTheBeginningOfTheWhole) {
  RandomValues values(2);
  for (int round = 0; round < 300; ++round) {
    const Value value = values.tree(4);
    const std::string text = print(value);
    for (std::size_t most = 0; most < text.size() + 3; ++most) {
      const std::string begun = beginning(value, most);
      ASSERT_TRUE(text.starts_with(begun)) << begun << " of " << text;
      ASSERT_LE(begun.size(), most);
      // At most a part of one character is missing.
      ASSERT_GE(begun.size() + 3, std::min(most, text.size()));
      ASSERT_FALSE(begun.size() < text.size() && (static_cast<unsigned char>(text[begun.size()]) & 0xC0) == 0x80)
          << begun;
    }
  }
}

TEST(ValuePrint, ABeginningOfALongStringIsCut) {
  const Value value = array({Value::string(repeat("日", 100'000))});
  EXPECT_EQ(beginning(value, 9), "[\"日日");
  EXPECT_EQ(beginning(value, 8), "[\"日日");
  EXPECT_EQ(beginning(value, 7), "[\"日");
}

TEST(ValuePrint, ABeginningIsAppended) {
  std::string text = "got ";
  print_prefix(value_of("[1,2,3]"), 4, text);
  EXPECT_EQ(text, "got [1,2");
}

}  // namespace
}  // namespace stepd
