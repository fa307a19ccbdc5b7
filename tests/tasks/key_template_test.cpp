#include "tasks/key_template.h"

#include <gtest/gtest.h>

namespace stepd::tasks {
namespace {

std::string filled(std::string_view pattern, std::string_view key) {
  const auto parsed = KeyTemplate::parse(pattern);
  if (!parsed) return "refused: " + parsed.error().cause;
  return parsed->fill({key, "webp", "webp", 150, 100});
}

TEST(KeyTemplate, NamesEveryPart) {
  constexpr std::string_view kKey = "a/b/photo.v2.JPEG";
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"{key}", kKey},
      {"{dir}", "a/b/"},
      {"{file}", "photo.v2.JPEG"},
      {"{name}", "photo.v2"},
      {"{sourceExt}", "JPEG"},
      {"{ext}", "webp"},
      {"{format}", "webp"},
      {"{width}x{height}", "150x100"},
      {"thumbs/{dir}{name}-{width}.{ext}", "thumbs/a/b/photo.v2-150.webp"},
      {"plain.jpg", "plain.jpg"},
      {"{{{name}}}", "{photo.v2}"},
      {"", ""},
  };
  for (const auto& [pattern, expected] : cases) EXPECT_EQ(filled(pattern, kKey), expected) << pattern;
}

TEST(KeyTemplate, TakesKeysWithoutFolderOrExtension) {
  EXPECT_EQ(filled("{dir}{name}.{ext}", "photo"), "photo.webp");
  EXPECT_EQ(filled("[{sourceExt}]", "photo"), "[]");
  EXPECT_EQ(filled("[{sourceExt}]", "photo."), "[]");
  EXPECT_EQ(filled("{name}", ".hidden"), ".hidden");
  EXPECT_EQ(filled("{name}", "a.b/photo"), "photo");
  EXPECT_EQ(filled("{dir}|{name}", "a/"), "a/|");
}

TEST(KeyTemplate, FillsNoPatternThatCameOutOfAKey) { EXPECT_EQ(filled("{name}", "{width}.jpg"), "{width}"); }

TEST(KeyTemplate, ReplacesOnceAndFillsInForNothing) {
  EXPECT_EQ(filled("{key/.jpeg/-small.jpeg}", "a.jpeg.x.jpeg"), "a-small.jpeg.x.jpeg");
  EXPECT_EQ(filled("{key/.jpeg/}", "a.jpeg"), "a");
  EXPECT_EQ(filled("{name/none/x}", "a.png"), "a");
  EXPECT_EQ(filled("{name}_thumb.{sourceExt:-jpg}", "dir/plain"), "plain_thumb.jpg");
  EXPECT_EQ(filled("{name}_thumb.{sourceExt:-jpg}", "dir/a.PNG"), "a_thumb.PNG");
  EXPECT_EQ(filled("{dir:-top/}", "a"), "top/");
  for (const char* wrong : {"{key/a}", "{key//b}", "{key:jpg}", "{key:}"}) {
    EXPECT_NE(filled(wrong, "k").find("expected {part}, {part:-if empty} or {part/what/by what}"), std::string::npos)
        << wrong;
  }
  EXPECT_EQ(filled("{kye/a/b}", "k"), "refused: {kye} is unknown, did you mean {key}?");
}

TEST(KeyTemplate, SaysWhatIsWrong) {
  EXPECT_EQ(filled("a{nmae}", "k"), "refused: {nmae} is unknown, did you mean {name}?");
  EXPECT_NE(filled("{zzzzzzzz}", "k").find("known are {dir}, {ext}"), std::string::npos);
  EXPECT_NE(filled("ab{name", "k").find("a lone { at character 3"), std::string::npos);
  EXPECT_NE(filled("ab}", "k").find("a lone } at character 3"), std::string::npos);
  EXPECT_NE(filled("{}", "k").find("refused"), std::string::npos);
}

}  // namespace
}  // namespace stepd::tasks
