// What hostile and damaged pictures do to the handlers: each is one failed task with a named error, soon and cheaply.
#include "handler_fixture.h"
#include "pictures.h"
#include "tasks/image/format/jpeg_scans.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <random>

namespace stepd::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using namespace std::chrono_literals;
using Stopwatch = std::chrono::steady_clock;

constexpr const char* kResize = R"({"bucket": "in", "key": "picture", "width": 20,
                                    "destination": {"bucket": "out", "key": "small"}})";
constexpr const char* kMetadata = R"({"bucket": "in", "key": "picture"})";

Result<Json> resize(Workbench& bench, const std::string& bytes) {
  bench.objects.put("in", "picture", bytes);
  return bench.run("image.resize", kResize);
}

TEST(Hostile, HugeSizesAreRefusedFromTheHeader) {
  Workbench bench;
  for (const std::uint32_t side : {8'000u, 30'000u, 50'000u, 1'000'000u}) {
    const auto begun = Stopwatch::now();
    const auto result = resize(bench, png_claiming(side, side, std::string(100'000, 'x')));
    EXPECT_EQ(error_name(result), "Image.TooManyPixels") << side;
    EXPECT_THAT(cause(result), HasSubstr(std::to_string(side) + " x " + std::to_string(side)));
    EXPECT_THAT(cause(result), HasSubstr("the limit max_pixels is 50000000"));
    EXPECT_LT(Stopwatch::now() - begun, 1s) << side;
  }
  const auto flat = resize(bench, png_claiming(20'000, 10));
  EXPECT_EQ(error_name(flat), "Image.TooLarge");
  EXPECT_THAT(cause(flat), HasSubstr("the limit max_side is 16383"));
  EXPECT_FALSE(bench.objects.holds("out", "small"));
}

TEST(Hostile, AHugePictureStillHasMetadata) {
  Workbench bench;
  bench.objects.put("in", "picture", png_claiming(50'000, 50'000));
  const auto result = bench.run("image.metadata", kMetadata);
  ASSERT_EQ(error_name(result), "none") << cause(result);
  EXPECT_EQ(result->at("width"), 50'000);
}

TEST(Hostile, APictureOfNoPixelsIsCorrupt) {
  Workbench bench;
  for (const auto& [width, height] : {std::pair{0u, 0u}, {0u, 10u}, {10u, 0u}, {0xFFFFFFFFu, 1u}}) {
    EXPECT_EQ(error_name(resize(bench, png_claiming(width, height))), "Image.Corrupt");
  }
}

TEST(Hostile, ResultsAreLimitedToo) {
  Workbench bench;
  bench.objects.put("in", "picture", draw(".png"));
  const auto result = bench.run("image.resize", R"({"bucket": "in", "key": "picture", "width": 16000, "enlarge": true,
                                                    "destination": {"bucket": "out", "key": "large"}})");
  EXPECT_EQ(error_name(result), "Image.TooManyPixels");
  EXPECT_THAT(cause(result), StartsWith("The result"));
}

TEST(Hostile, AJpegOfThousandsOfScansIsRefused) {
  Workbench bench;
  const auto result = resize(bench, jpeg_with_scans(2'000, 2'000, 5'000));
  EXPECT_EQ(error_name(result), "Image.TooManyScans");
  EXPECT_THAT(cause(result), HasSubstr("more than 100 scans"));
  EXPECT_EQ(error_name(resize(bench, jpeg_with_scans(200, 200, 0))), "none");
}

TEST(Hostile, ScansAreCountedAsADecoderMeetsThem) {
  using tasks::image::count_jpeg_scans;
  EXPECT_EQ(count_jpeg_scans(draw(".jpg"), 100), 1u);
  EXPECT_EQ(count_jpeg_scans(draw(".jpg[interlace]"), 100), 10u);
  EXPECT_EQ(count_jpeg_scans(jpeg_with_scans(64, 48, 7), 100), 17u);
  EXPECT_EQ(count_jpeg_scans(jpeg_with_scans(64, 48, 7), 12), 12u);
  // A thumbnail within EXIF has scans of its own, which are not the picture's.
  EXPECT_EQ(count_jpeg_scans(with_exif(draw(".jpg"), draw(".jpg[interlace]")), 100), 1u);
  for (const char* bytes : {"", "\xFF", "\xFF\xD8", "\xFF\xD8\xFF", "\xFF\xD8\xFF\xDA"}) {
    EXPECT_EQ(count_jpeg_scans(bytes, 100), 0u);
  }
}

TEST(Hostile, DrawingsAndDocumentsAreNeverInterpreted) {
  Workbench bench;
  const std::pair<std::string, const char*> cases[] = {
      {R"(<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
          <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><svg width="9" height="9"><text>&c;</text></svg>)",
       "an SVG drawing"},
      {R"(<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg><text>&x;</text></svg>)", "an SVG drawing"},
      {R"(<svg><image href="http://127.0.0.1/"/></svg>)", "an SVG drawing"},
      {"%PDF-1.7\n1 0 obj", "a PDF document"},
      {bmp(9, 9), "a BMP picture"},
      {std::string("\0\0\0\x0CjP  \r\n\x87\n", 12), "a JPEG 2000 picture"},
      {"P6 9 9 255 ", "text"},
      {"push graphic-context\nimage over 0,0 0,0 'ephemeral:/etc/passwd'", "text"},
      {std::string(1'000, '\0'), "data of an unknown type"},
  };
  for (const auto& [bytes, described] : cases) {
    const auto result = resize(bench, bytes);
    EXPECT_EQ(error_name(result), "Image.UnsupportedType") << described;
    EXPECT_THAT(cause(result), HasSubstr(described));
    EXPECT_EQ(error_name(bench.run("image.metadata", kMetadata)), "Image.UnsupportedType") << described;
  }
}

TEST(Hostile, AnEmptyObjectAndATextCalledJpgAreNamedAsWhatTheyAre) {
  Workbench bench;
  EXPECT_EQ(error_name(resize(bench, "")), "Image.Empty");
  const auto text = resize(bench, "Dear diary,\n");
  EXPECT_EQ(error_name(text), "Image.UnsupportedType");
  EXPECT_THAT(cause(text), HasSubstr("The content is text, not a JPEG"));
}

TEST(Hostile, AnObjectBeyondTheByteLimitIsNotRead) {
  Workbench bench({.max_bytes = 100'000});
  const auto result = resize(bench, draw(".jpg") + std::string(1'000'000, 'x'));
  EXPECT_EQ(error_name(result), "Image.TooLarge");
  EXPECT_THAT(cause(result), HasSubstr("the limit max_bytes is 100000"));
  EXPECT_EQ(bench.objects.bytes_read(), 0u);
}

TEST(Hostile, ABrokenColourProfileSpoilsNoPicture) {
  Workbench bench;
  // ICC.1:2010 §B.4: a profile in an APP2 segment; this one is nonsense.
  const std::string segment("\xFF\xE2\x00\x30ICC_PROFILE\0\1\1", 18);
  for (const auto& jpeg : {draw(".jpg[Q=95]"), draw(".jpg[Q=95]", {.bands = 1}), draw(".jpg", {.cmyk = true})}) {
    ASSERT_EQ(error_name(resize(bench, jpeg)), "none");
    const auto plain = decode(bench.objects.bytes("out", "small"));
    const auto result = resize(bench, jpeg.substr(0, 2) + segment + std::string(0x30 + 2 - 18, 'x') + jpeg.substr(2));
    ASSERT_EQ(error_name(result), "none") << cause(result);
    const auto picture = decode(bench.objects.bytes("out", "small"));
    for (const auto& [x, y] : {std::pair{2, 2}, {17, 2}, {2, 12}, {17, 12}}) {
      EXPECT_LE(distance(picture.at(x, y), plain.at(x, y)), 2) << x << ", " << y;
    }
  }
}

TEST(Hostile, OdditiesOfRealCamerasAreNoDamage) {
  Workbench bench;
  const auto jpeg = draw(".jpg");
  const auto body = jpeg.substr(0, jpeg.size() - 2);
  const std::pair<const char*, std::string> cases[] = {
      {"bytes behind the end", jpeg + std::string(1'000, 'x')},
      {"bytes before the end", body + std::string(10, 'x') + "\xFF\xD9"},
      {"fill bytes before the end", body + "\xFF\xFF\xFF\xD9"},
      {"a second picture behind the first", jpeg + draw(".jpg", {.width = 9})},
      {"a segment of the maker", jpeg.substr(0, 2) + std::string("\xFF\xEA\0\x05xyz", 7) + jpeg.substr(2)},
  };
  for (const auto& [what, bytes] : cases) {
    const auto result = resize(bench, bytes);
    EXPECT_EQ(error_name(result), "none") << what << ": " << cause(result);
  }
}

class HostileSample : public testing::TestWithParam<std::size_t> {
 protected:
  const Sample& sample() const { return readable_samples().at(GetParam()); }
};

TEST_P(HostileSample, CutShortIsCorruptAndLeavesNothing) {
  Workbench bench;
  // Something that fills the file with pixels to the end.
  const auto suffix = sample().name.substr(sample().name.rfind('.'));
  const auto whole = draw(suffix, {.width = 200, .height = 150, .noise = true});
  for (const double part : {0.3, 0.5, 0.9}) {
    const auto cut = whole.substr(0, static_cast<std::size_t>(static_cast<double>(whole.size()) * part));
    const auto result = resize(bench, cut);
    EXPECT_EQ(error_name(result), "Image.Corrupt") << sample().name << " cut to " << part;
    EXPECT_FALSE(bench.objects.holds("out", "small"));
  }
}

TEST_P(HostileSample, AnyPrefixIsAnswered) {
  Workbench bench;
  const auto step = std::max<std::size_t>(1, sample().bytes.size() / 150);
  for (std::size_t length = 1; length < sample().bytes.size(); length += step) {
    const auto result = resize(bench, sample().bytes.substr(0, length));
    if (!result) {
      EXPECT_THAT(error_name(result), StartsWith("Image.")) << sample().name << " cut to " << length;
    }
  }
}

/// STEPD_MUTATIONS gives more of them per sample, for a longer look.
int mutations() {
  const char* wanted = std::getenv("STEPD_MUTATIONS");
  return wanted == nullptr ? 200 : std::atoi(wanted);
}

/// Bytes flipped, set to extremes, cut out or doubled; more often near the start, where headers are.
std::string mutated(std::string bytes, std::mt19937& random) {
  const auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
  const auto changes = 1 + below(8);
  for (std::size_t i = 0; i < changes; ++i) {
    const auto at = below(random() % 2 == 0 ? bytes.size() : std::min<std::size_t>(bytes.size(), 256));
    switch (random() % 8) {
      case 0:
        bytes[at] = '\0';
        break;
      case 1:
        bytes[at] = '\xFF';
        break;
      case 2:
        bytes.insert(at, bytes.substr(at, 1 + below(32)));
        break;
      case 3:
        if (bytes.size() > 64) bytes.erase(at, 1 + below(16));
        break;
      default:
        bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1u << random() % 8));
    }
  }
  return bytes;
}

TEST_P(HostileSample, AnyMutantIsAnsweredSoonByAResultOrANamedError) {
  Workbench bench({.max_pixels = 4'000'000});
  for (int seed = 0; seed < mutations(); ++seed) {
    std::mt19937 random(static_cast<unsigned>(seed));
    SCOPED_TRACE(sample().name + " seed " + std::to_string(seed));
    bench.objects.put("in", "picture", mutated(sample().bytes, random));
    const auto begun = Stopwatch::now();
    ASSERT_EQ(error_name(bench.run("image.type", kMetadata)), "none");
    const auto metadata = bench.run("image.metadata", kMetadata);
    if (!metadata) {
      ASSERT_THAT(error_name(metadata), StartsWith("Image.")) << cause(metadata);
    }
    const auto result = bench.run("image.resize", kResize);
    ASSERT_LT(Stopwatch::now() - begun, 10s);
    if (!result) {
      ASSERT_THAT(error_name(result), StartsWith("Image.")) << cause(result);
      ASSERT_FALSE(bench.objects.holds("out", "small"));
      continue;
    }
    ASSERT_TRUE(metadata.has_value());
    const auto picture = decode(bench.objects.bytes("out", "small"));
    ASSERT_EQ(picture.width, result->at("width").get<int>());
    ASSERT_EQ(picture.height, result->at("height").get<int>());
    static_cast<void>(bench.objects.remove({"out", "small"}));
  }
}

std::string name_of_sample(const testing::TestParamInfo<std::size_t>& info) {
  std::string name(kSampleNames.at(info.param));
  for (auto& c : name) {
    if (c == '.' || c == '-') c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Every, HostileSample, testing::Range<std::size_t>(0, kSampleNames.size()), name_of_sample);

}  // namespace
}  // namespace stepd::test
