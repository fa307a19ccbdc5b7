#include "tasks/image/format/sniff.h"

#include "pictures.h"

#include <gtest/gtest.h>

namespace stepd::tasks::image {
namespace {

using namespace std::string_literals;

std::string name_of(std::string_view bytes) {
  const FileType* type = sniff(bytes);
  return type == nullptr ? "" : std::string(type->name);
}

TEST(Sniff, TellsRealPicturesApart) {
  EXPECT_EQ(name_of(test::draw(".jpg")), "jpeg");
  EXPECT_EQ(name_of(test::draw(".png")), "png");
  EXPECT_EQ(name_of(test::draw(".gif")), "gif");
  EXPECT_EQ(name_of(test::draw(".webp")), "webp");
  EXPECT_EQ(name_of(test::draw(".tif")), "tiff");
  EXPECT_EQ(name_of(test::draw(".avif")), "avif");
  EXPECT_EQ(name_of(test::draw(".heic")), "heic");
  EXPECT_EQ(name_of(test::bmp(3, 2)), "bmp");
}

TEST(Sniff, KnowsTheTypesByTheirFirstBytes) {
  const std::pair<std::string, std::string> cases[] = {
      {"\xFF\xD8\xFF\xDB", "jpeg"},
      {"GIF87a", "gif"},
      {"RIFF\x24\0\0\0WEBPVP8 "s, "webp"},
      {"RIFF\x24\0\0\0WAVEfmt "s, ""},
      {"II*\0\x08\0\0\0"s, "tiff"},
      {"MM\0*\0\0\0\x08"s, "tiff"},
      {"II+\0\x08\0\0\0"s, "tiff"},
      {"\0\0\0\x1C"
       "ftypmif1\0\0\0\0mif1avifmiaf"s,
       "avif"},
      {"\0\0\0\x1C"
       "ftypmif1\0\0\0\0mif1heicmiaf"s,
       "heic"},
      {"\0\0\0\x18"
       "ftypmif1\0\0\0\0mif1miaf"s,
       "heif"},
      {"\0\0\0\x18"
       "ftypisom\0\0\0\0isommp42"s,
       ""},
      {"BM"s + std::string(12, '\0') + "\x28\0\0\0"s, "bmp"},
      {"BMW builds motor cars", ""},
      {"%PDF-1.7\n", "pdf"},
      {"\n%PDF-1.7\n", "pdf"},
      {"\xFF\x0A\xFA", "jxl"},
      {"\0\0\0\x0CjP  \r\n\x87\n"s, "jp2"},
      {"\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0\x68\x04\0\0\x16\0\0\0"s, "ico"},
      {"qoif\0\0\0\1\0\0\0\1\4\0"s, "qoi"},
      {"", ""},
      {"\xFF\xD8", ""},
      {"RIFF", ""},
      {"RIFF\x24\0\0\0WE"s, ""},
      {"hello", ""},
      {std::string(4'096, '\0'), ""},
  };
  for (const auto& [bytes, expected] : cases) EXPECT_EQ(name_of(bytes), expected) << bytes;
}

TEST(Sniff, FindsTheRootOfAnSvg) {
  const std::pair<std::string, std::string> cases[] = {
      {"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "svg"},
      {"<svg>", "svg"},
      {"\xEF\xBB\xBF  <?xml version=\"1.0\"?>\n<!-- > <html> -->\n<svg width='1'>", "svg"},
      {"<s:svg xmlns:s='http://www.w3.org/2000/svg'>", "svg"},
      {"<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"a>b.dtd\"><svg >", "svg"},
      {"<!DOCTYPE svg [<!ENTITY a \"]>\"><!ENTITY b '&a;&a;'>]><svg >", "svg"},
      {"\xFF\xFE<\0s\0v\0g\0 \0>\0"s, "svg"},
      {"\xFE\xFF\0<\0s\0v\0g\0>"s, "svg"},
      {"<!--" + std::string(60'000, 'x') + "--><svg>", "svg"},
      {"<html><svg></svg></html>", ""},
      {"<svgx>", ""},
      {"<svg", ""},
      {"<", ""},
      {"<!-- <svg> ", ""},
      {"<!DOCTYPE svg [", ""},
      {"an <svg> in a text", ""},
      {"<?xml version=\"1.0\"?>", ""},
  };
  for (const auto& [bytes, expected] : cases) EXPECT_EQ(name_of(bytes), expected) << bytes.substr(0, 80);
}

TEST(Sniff, AnswersEveryPrefixOfEveryTypeWithoutReadingBeyondIt) {
  auto samples = test::readable_samples();
  samples.push_back({"icon", "\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0\x68\x04\0\0\x16\0\0\0"s});
  samples.push_back({"drawing", "\xEF\xBB\xBF<?xml?><!-- --><!DOCTYPE svg [<!ENTITY a 'b'>]><svg>"});
  samples.push_back({"wide drawing", "\xFF\xFE<\0s\0v\0g\0>\0"s});
  samples.push_back({"qoi", "qoif\0\0\0\1\0\0\0\1\4\0"s});
  samples.push_back({"bmp", test::bmp(3, 2)});
  for (const auto& sample : samples) {
    const auto whole = name_of(sample.bytes);
    EXPECT_NE(whole, "") << sample.name;
    for (std::size_t length = 0; length < std::min<std::size_t>(sample.bytes.size(), 200); ++length) {
      // Of its own on the heap, so that the address sanitizer sees one byte too far.
      const std::vector<char> prefix(sample.bytes.begin(), sample.bytes.begin() + static_cast<std::ptrdiff_t>(length));
      const auto found = name_of({prefix.data(), prefix.size()});
      EXPECT_TRUE(found.empty() || found == whole || found == "heif") << sample.name << " cut to " << length;
    }
  }
}

TEST(Sniff, DescribesWhatIsNoPicture) {
  EXPECT_EQ(describe_content(""), "an empty file");
  EXPECT_EQ(describe_content("hello\tworld\r\n"), "text");
  EXPECT_EQ(describe_content("gr\xC3\xBC\xC3\x9F Gott"), "text");
  EXPECT_EQ(describe_content("\x01\x02\x03"), "data of an unknown type");
  EXPECT_EQ(describe_content("%PDF-1.7"), "a PDF document");
}

TEST(NameExtension, IsWhatFollowsTheLastDotOfTheLastPart) {
  const std::pair<std::string, std::optional<std::string>> cases[] = {
      {"photo.jpg", "jpg"},    {"a.b/photo.JPEG", "JPEG"},  {"photo.tar.gz", "gz"},       {"photo.", ""},
      {"photo", std::nullopt}, {"a.b/photo", std::nullopt}, {".hidden", std::nullopt},    {"a/.hidden.png", "png"},
      {"", std::nullopt},      {"a/", std::nullopt},        {"Bild \xC3\xA4.png", "png"},
  };
  for (const auto& [key, expected] : cases) EXPECT_EQ(name_extension(key), expected) << key;
}

TEST(NameExtension, AgreesWithATypeInAnyCaseAndSpelling) {
  const FileType& jpeg = *type_named("jpeg");
  for (const char* extension : {"jpg", "JPG", "jpeg", "Jpeg", "jpe", "jfif"}) {
    EXPECT_TRUE(is_extension_of(jpeg, extension)) << extension;
  }
  for (const char* extension : {"", "png", "jp", "jpegs"}) EXPECT_FALSE(is_extension_of(jpeg, extension)) << extension;
  EXPECT_EQ(type_named("nonsense"), nullptr);
  EXPECT_EQ(type_named(""), nullptr);
}

}  // namespace
}  // namespace stepd::tasks::image
