#include "base/nearest_word.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace stepd {
namespace {

TEST(NearestWord, SuggestsOnlyWhatIsNear) {
  const std::vector<std::string_view> known{"bucket", "key", "width", "notifications"};
  EXPECT_EQ(nearest_word("bukcet", known), "bucket");
  EXPECT_EQ(nearest_word("Width", known), "width");
  EXPECT_EQ(nearest_word("wdht", known), "width");
  EXPECT_EQ(nearest_word("notificaXXXX", known), "");
  EXPECT_EQ(nearest_word("notificatXXX", known), "notifications");
  EXPECT_EQ(nearest_word("elephant", known), "");
  EXPECT_EQ(nearest_word("", known), "");
}

TEST(NearestWord, DoesNotSuggestAWordOfWhichNoLetterIsLeft) {
  const std::vector<std::string_view> known{"a", "bc", "de"};
  EXPECT_EQ(nearest_word("x", known), "");
  EXPECT_EQ(nearest_word("bx", known), "bc");
  EXPECT_EQ(nearest_word("xy", known), "");
}

TEST(NearestWord, TakesTheFirstOfTwoThatAreEquallyNear) {
  const std::vector<std::string_view> known{"input", "inputs"};
  EXPECT_EQ(nearest_word("inpts", known), "inputs");
  EXPECT_EQ(nearest_word("inpuX", known), "input");
  EXPECT_EQ(nearest_word("cat", std::vector<std::string_view>{"bat", "hat"}), "bat");
}

TEST(NearestWord, LooksAtNoWordWithoutEnd) {
  EXPECT_EQ(nearest_word(std::string(100'000, 'w'), std::vector<std::string_view>{"width"}), "");
  const std::string huge(100'000, 'w');
  EXPECT_EQ(nearest_word("width", std::vector<std::string_view>{huge}), "");
}

}  // namespace
}  // namespace stepd
