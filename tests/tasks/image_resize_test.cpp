#include "base/payload.h"
#include "resizing.h"

#include <gmock/gmock.h>

#include <time.h>

#include <future>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

namespace stepd::test {
namespace {

using testing::HasSubstr;

constexpr int kJpegNoise = 12;

std::vector<std::string> keys_in_out(const Workbench& bench) {
  std::vector<std::string> keys;
  const auto listing = bench.objects.list("out", "", "", 100);
  for (const auto& entry : listing->entries) keys.push_back(entry.key);
  return keys;
}

TEST(ImageResize, SaysWhatItMade) {
  Workbench bench;
  bench.objects.put("in", "album/photo.PNG", draw(".jpg", {.width = 400, .height = 300}));
  const auto result = bench.run(
      "image.resize", resize_request("album/photo.PNG", {{"width", 100}}, "small/{dir}{name}-{width}x{height}.{ext}"));
  ASSERT_EQ(error_name(result), "none") << cause(result);
  EXPECT_EQ(result->at("key"), "small/album/photo-100x75.jpg");
  EXPECT_EQ(result->at("bucket"), "out");
  EXPECT_EQ(result->at("format"), "jpeg");
  EXPECT_EQ(result->at("mediaType"), "image/jpeg");
  EXPECT_EQ(result->at("source"), Json::parse(R"({"width": 400, "height": 300, "format": "jpeg"})"));
  EXPECT_EQ(bench.objects.content_type("out", "small/album/photo-100x75.jpg"), "image/jpeg");
  EXPECT_EQ(bench.objects.bytes("in", "album/photo.PNG"), draw(".jpg", {.width = 400, .height = 300}));
}

class ResizeOfOrientation : public testing::TestWithParam<int> {};

TEST_P(ResizeOfOrientation, ShowsThePictureUpright) {
  Workbench bench;
  const auto jpeg = draw(".jpg[Q=95]", {.width = 80, .height = 60, .stored_turned_for = GetParam()});
  bench.objects.put("in", "turned.jpg", with_exif(jpeg, exif_orientation(GetParam())));
  for (const char* format : {"jpeg", "png", "webp"}) {
    const auto picture =
        resized(bench, resize_request("turned.jpg", {{"width", 40}, {"height", 40}, {"format", format}}));
    ASSERT_EQ(picture.width, 40);
    ASSERT_EQ(picture.height, 30);
    EXPECT_LE(distance(picture.at(10, 7), kRed), kJpegNoise);
    EXPECT_LE(distance(picture.at(30, 7), kGreen), kJpegNoise);
    EXPECT_LE(distance(picture.at(10, 22), kBlue), kJpegNoise);
    EXPECT_LE(distance(picture.at(30, 22), kWhite), kJpegNoise);
  }
}

INSTANTIATE_TEST_SUITE_P(Exif, ResizeOfOrientation, testing::Range(1, 9));

TEST(ImageResize, TellsNothingOfCameraAndPlace) {
  Workbench bench;
  const std::string place("ASCII\0\0\0Hidden cove", 19);
  const auto block = exif_block({{0x0110, 2, 14, std::string("Secret camera\0", 14)}},
                                {{0x001C, 7, static_cast<std::uint32_t>(place.size()), place}});
  const auto jpeg = with_exif(draw(".jpg"), block);
  bench.objects.put("in", "photo.jpg", jpeg);
  const auto metadata = bench.run("image.metadata", R"({"bucket": "in", "key": "photo.jpg"})");
  ASSERT_EQ(metadata->at("exif").value("Model", ""), "Secret camera");
  ASSERT_TRUE(metadata->at("gps").contains("GPSAreaInformation"));
  for (const char* format : {"jpeg", "png", "webp"}) {
    const auto result = bench.run("image.resize", resize_request("photo.jpg", {{"width", 32}, {"format", format}}));
    const auto bytes = bench.objects.bytes("out", result->at("key").get<std::string>());
    EXPECT_THAT(bytes, testing::Not(HasSubstr("Secret"))) << format;
    EXPECT_THAT(bytes, testing::Not(HasSubstr("cove"))) << format;
  }
}

TEST(ImageResize, ReadsEveryReadableTypeAndWritesEveryWritableOne) {
  Workbench bench;
  for (const auto& sample : readable_samples()) {
    bench.objects.put("in", sample.name, sample.bytes);
    for (const char* format : {"jpeg", "png", "webp"}) {
      SCOPED_TRACE(sample.name + " as " + format);
      const auto result = bench.run("image.resize", resize_request(sample.name, {{"width", 24}, {"format", format}}));
      ASSERT_EQ(error_name(result), "none") << cause(result);
      const auto key = result->at("key").get<std::string>();
      const auto type = bench.run("image.type", Json{{"bucket", "out"}, {"key", key}});
      EXPECT_EQ(type->at("type"), format);
      EXPECT_EQ(decode(bench.objects.bytes("out", key)).width, 24);
    }
  }
}

TEST(ImageResize, KeepsTheFormatWhereItCanWriteIt) {
  Workbench bench;
  const std::pair<const char*, const char*> cases[] = {{".jpg", "jpeg"}, {".png", "png"},  {".webp", "webp"},
                                                       {".gif", "jpeg"}, {".tif", "jpeg"}, {".avif", "jpeg"}};
  for (const auto& [suffix, expected] : cases) {
    bench.objects.put("in", "photo", draw(suffix));
    const auto result = bench.run("image.resize", resize_request("photo", {{"width", 10}}));
    ASSERT_EQ(error_name(result), "none") << cause(result);
    EXPECT_EQ(result->at("format"), expected) << suffix;
  }
}

TEST(ImageResize, KeepsTransparencyWhereTheFormatHasIt) {
  Workbench bench;
  bench.objects.put("in", "logo.png", draw(".png", {.bands = 4}));
  for (const char* format : {"png", "webp"}) {
    const auto picture = resized(bench, resize_request("logo.png", {{"width", 32}, {"format", format}, {"effort", 2}}));
    EXPECT_TRUE(picture.has_alpha) << format;
    EXPECT_EQ(picture.at(4, 4)[3], 255) << format;
    EXPECT_EQ(picture.at(28, 4)[3], 0) << format;
  }
}

TEST(ImageResize, PutsABackgroundBehindTransparencyWhereTheFormatHasNone) {
  Workbench bench;
  bench.objects.put("in", "logo.png", draw(".png", {.bands = 4}));
  bench.objects.put("in", "grey.png", draw(".png", {.bands = 2}));
  const std::pair<Json, Pixel> cases[] = {{Json::object(), kWhite},
                                          {{{"background", "#00F"}}, kBlue},
                                          {{{"background", "black"}}, kBlack},
                                          {{{"background", "transparent"}}, kWhite}};
  for (const auto& [more, expected] : cases) {
    for (const char* key : {"logo.png", "grey.png"}) {
      Json options{{"width", 32}, {"format", "jpeg"}};
      options.update(more);
      const auto picture = resized(bench, resize_request(key, options));
      EXPECT_FALSE(picture.has_alpha);
      EXPECT_LE(distance(picture.at(28, 4), expected), kJpegNoise) << print_json(more) << key;
    }
  }
}

TEST(ImageResize, CutsTheSidesToCover) {
  Workbench bench;
  bench.objects.put("in", "wide.png", draw(".png", {.width = 200, .height = 100}));
  const auto picture = resized(bench, resize_request("wide.png", {{"width", 50}, {"height", 50}, {"fit", "cover"}}));
  ASSERT_EQ(picture.width, 50);
  ASSERT_EQ(picture.height, 50);
  EXPECT_LE(distance(picture.at(5, 5), kRed), 2);
  EXPECT_LE(distance(picture.at(45, 5), kGreen), 2);
  EXPECT_LE(distance(picture.at(5, 45), kBlue), 2);
}

TEST(ImageResize, PadsToContain) {
  Workbench bench;
  for (const int bands : {1, 2, 3, 4}) {
    bench.objects.put("in", "wide.png", draw(".png", {.width = 200, .height = 100, .bands = bands}));
    for (const char* format : {"jpeg", "png", "webp"}) {
      SCOPED_TRACE(std::to_string(bands) + " bands as " + format);
      const auto picture = resized(
          bench,
          resize_request(
              "wide.png",
              {{"width", 50}, {"height", 50}, {"fit", "contain"}, {"format", format}, {"background", "#00ff0080"}}));
      ASSERT_EQ(picture.width, 50);
      ASSERT_EQ(picture.height, 50);
      const bool alpha = std::string_view(format) != "jpeg";
      const Pixel frame{0, 255, 0, alpha ? 128 : 255};
      EXPECT_LE(distance(picture.at(25, 3), frame), 2 * kJpegNoise);
      EXPECT_LE(distance(picture.at(25, 46), frame), 2 * kJpegNoise);
      EXPECT_EQ(picture.at(5, 25)[3], 255);
    }
  }
}

TEST(ImageResize, NeverEnlargesUnlessAsked) {
  Workbench bench;
  bench.objects.put("in", "small.png", draw(".png"));
  EXPECT_EQ(resized(bench, resize_request("small.png", {{"width", 640}})).width, 64);
  EXPECT_EQ(resized(bench, resize_request("small.png", {{"width", 640}, {"enlarge", true}})).height, 480);
}

TEST(ImageResize, MakesExactlyTheSizeThatItPromises) {
  Workbench bench;
  std::mt19937 random(5);
  constexpr const char* kFits[] = {"inside", "outside", "cover", "contain", "fill"};
  constexpr const char* kSuffixes[] = {".jpg", ".png", ".webp", ".gif", ".tif"};
  for (int i = 0; i < 200; ++i) {
    const int turned = 1 + static_cast<int>(random() % 8);
    const Drawing drawing{.width = 1 + static_cast<int>(random() % 500),
                          .height = 1 + static_cast<int>(random() % 500),
                          .bands = 3,
                          .stored_turned_for = turned};
    const std::string suffix = kSuffixes[random() % 5];
    auto bytes = draw(suffix, drawing);
    if (suffix == ".jpg") bytes = with_exif(bytes, exif_orientation(turned));
    bench.objects.put("in", "photo", bytes);
    resized(bench,
            resize_request("photo", {{"width", 1 + random() % 300},
                                     {"height", 1 + random() % 300},
                                     {"fit", kFits[random() % 5]},
                                     {"enlarge", std::min(drawing.width, drawing.height) >= 10 && random() % 2 == 0},
                                     {"format", random() % 2 == 0 ? "png" : "jpeg"}}));
    if (HasFailure()) FAIL() << drawing.width << "x" << drawing.height << suffix << " orientation " << turned;
  }
}

TEST(ImageResize, SpendsFewerBytesAtLowerQuality) {
  Workbench bench;
  bench.objects.put("in", "noise.png", draw(".png", {.width = 200, .height = 200, .noise = true}));
  for (const char* format : {"jpeg", "webp"}) {
    std::size_t before = 0;
    for (const int quality : {5, 40, 80, 100}) {
      const auto result = bench.run(
          "image.resize", resize_request("noise.png", {{"width", 200}, {"format", format}, {"quality", quality}}));
      ASSERT_EQ(error_name(result), "none");
      EXPECT_GT(result->at("bytes").get<std::size_t>(), before) << format << quality;
      before = result->at("bytes").get<std::size_t>();
    }
  }
}

TEST(ImageResize, KeepsColoursAsTheyAre) {
  Workbench bench;
  for (const char* suffix : {".png", ".tif", ".gif", ".webp[lossless]", ".png[profile=srgb]"}) {
    bench.objects.put("in", "photo", draw(suffix));
    const auto picture = resized(bench, resize_request("photo", {{"width", 32}, {"format", "png"}}));
    EXPECT_LE(distance(picture.at(4, 4), kRed), 1) << suffix;
    EXPECT_LE(distance(picture.at(28, 4), kGreen), 1) << suffix;
    EXPECT_LE(distance(picture.at(4, 20), kBlue), 1) << suffix;
  }
}

TEST(ImageResize, ConvertsSixteenBitAndCmykToEightBitSrgb) {
  Workbench bench;
  for (const int bands : {1, 2, 3, 4}) {
    bench.objects.put("in", "deep.png", draw(".png", {.bands = bands, .deep = true}));
    const auto deep = resized(bench, resize_request("deep.png", {{"width", 32}}));
    EXPECT_EQ(deep.samples.size(), 32u * 24u * static_cast<unsigned>(bands));
    EXPECT_LE(distance(deep.at(4, 4), bands <= 2 ? kBlack : kRed), 1) << bands;
  }
  // A printer's colours are duller than a screen's, so only their kind can be told.
  for (const char* suffix : {".jpg", ".tif"}) {
    bench.objects.put("in", "print", draw(suffix, {.cmyk = true}));
    const auto print = resized(bench, resize_request("print", {{"width", 32}, {"format", "png"}}));
    ASSERT_EQ(print.bands, 3);
    EXPECT_LE(distance(print.at(4, 4), kRed), 80) << suffix;
    EXPECT_LE(distance(print.at(28, 20), kWhite), 10) << suffix;
  }
}

TEST(ImageResize, WritesTheSameBytesAgain) {
  Workbench bench;
  bench.objects.put("in", "photo.jpg", draw(".jpg", {.width = 300, .height = 200, .noise = true}));
  for (const char* format : {"jpeg", "png", "webp"}) {
    const auto event = resize_request("photo.jpg", {{"width", 100}, {"format", format}});
    const auto first = bench.run("image.resize", event);
    const auto second = bench.run("image.resize", event);
    ASSERT_EQ(error_name(first), "none");
    EXPECT_EQ(*first, *second);
  }
}

TEST(ImageResize, LeavesNothingWhenTheCommitFails) {
  Workbench bench;
  bench.objects.put("in", "photo.jpg", draw(".jpg"));
  bench.objects.fail_next_commit({"Object.StorageFull", "No space."});
  EXPECT_EQ(error_name(bench.run("image.resize", resize_request("photo.jpg", {{"width", 10}}))), "Object.StorageFull");
  EXPECT_THAT(keys_in_out(bench), testing::IsEmpty());
}

TEST(ImageResize, LeavesTheFormerResultWhenTheSourceIsDamagedByNow) {
  Workbench bench;
  const auto whole = draw(".jpg", {.width = 300, .height = 300, .noise = true});
  bench.objects.put("in", "photo.jpg", whole);
  ASSERT_EQ(error_name(bench.run("image.resize", resize_request("photo.jpg", {{"width", 10}}))), "none");
  const auto before = bench.objects.bytes("out", "photo.jpg");
  bench.objects.put("in", "photo.jpg", whole.substr(0, whole.size() / 2));
  EXPECT_EQ(error_name(bench.run("image.resize", resize_request("photo.jpg", {{"width", 20}}))), "Image.Corrupt");
  EXPECT_EQ(bench.objects.bytes("out", "photo.jpg"), before);
}

TEST(ImageResize, RefusesToReplaceItsSource) {
  Workbench bench;
  const auto bytes = draw(".jpg");
  bench.objects.put("out", "photo.jpg", bytes);
  const auto result = bench.run("image.resize", R"({"bucket": "out", "key": "photo.jpg", "width": 10,
                                                    "destination": {"bucket": "out", "key": "{key}"}})");
  EXPECT_EQ(error_name(result), "Object.Conflict");
  EXPECT_EQ(bench.objects.bytes("out", "photo.jpg"), bytes);
}

TEST(ImageResize, NamesWhatIsWrongWithItsArguments) {
  Workbench bench;
  const std::pair<Json, const char*> cases[] = {
      {Json::object(), "/width: missing, expected width, height or both"},
      {{{"width", 0}}, "/width: expected a whole number from 1 to 16383, got the number 0"},
      {{{"width", "150"}}, "/width: expected a whole number from 1 to 16383, got the string \"150\""},
      {{{"height", 1e9}}, "/height: expected a whole number"},
      {{{"width", 10}, {"fit", "cover"}}, "/height: missing, fit cover takes both sides"},
      {{{"width", 10}, {"format", "bmp"}}, "/format: expected one of avif, webp, jpeg, png, gif, tiff"},
      {{{"width", 10}, {"format", "jpg"}}, "perhaps"},
      {{{"width", 10}, {"quality", 101}}, "/quality: expected a whole number from 1 to 100"},
      {{{"width", 10}, {"background", "#12"}}, "/background: expected #rgb"},
      {{{"width", 10}, {"destination", "out"}}, "/destination: expected an object"},
      {{{"width", 10}, {"destination", {{"bucket", "out"}, {"key", "{nam}"}}}}, "/destination/key: {nam} is unknown"},
      {{{"width", 10}, {"witdh", 10}}, "/witdh: unknown, did you mean width?"},
  };
  for (const auto& [more, expected] : cases) {
    const auto result = bench.run("image.resize", resize_request("photo.jpg", more));
    EXPECT_EQ(error_name(result), "Handler.InvalidArguments") << print_json(more);
    EXPECT_THAT(cause(result), HasSubstr(expected)) << print_json(more);
  }
}

TEST(ImageResize, NamesTheErrorsOfTheObjectStore) {
  Workbench bench;
  bench.objects.put("in", "photo.jpg", draw(".jpg"));
  const auto error = [&](const std::string& key, const std::string& bucket, const std::string& target) {
    auto event = resize_request(key, {{"width", 10}}, target);
    event["destination"]["bucket"] = bucket;
    return error_name(bench.run("image.resize", event));
  };
  EXPECT_EQ(error("none.jpg", "out", "{key}"), "Object.NotFound");
  EXPECT_EQ(error("photo.jpg", "nowhere", "{key}"), "Object.NoSuchBucket");
  EXPECT_EQ(error("photo.jpg", "out", "../{key}"), "Object.InvalidKey");
}

TEST(ImageResize, StopsBeforeItBegins) {
  Workbench bench;
  bench.objects.put("in", "photo.jpg", draw(".jpg"));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(error_name(bench.run("image.resize", resize_request("photo.jpg", {{"width", 10}}), "a", stop.get_token())),
            "Handler.Cancelled");
  EXPECT_THAT(keys_in_out(bench), testing::IsEmpty());
}

std::chrono::nanoseconds time_on(clockid_t clock) {
  timespec spent{};
  ::clock_gettime(clock, &spent);
  return std::chrono::seconds(spent.tv_sec) + std::chrono::nanoseconds(spent.tv_nsec);
}

/// Of all threads but the calling one.
std::chrono::nanoseconds work_of_others() {
  return time_on(CLOCK_PROCESS_CPUTIME_ID) - time_on(CLOCK_THREAD_CPUTIME_ID);
}

TEST(ImageResize, StopsWhileItWorks) {
  Workbench bench({.max_bytes = 200'000'000});
  bench.objects.put("in", "noise.tif", draw(".tif", {.width = 4'000, .height = 4'000, .noise = true}));
  std::stop_source stop;
  const auto event = resize_request("noise.tif", {{"format", "png"}, {"width", 3'900}});
  const auto begun = work_of_others();
  auto answer = std::async(std::launch::async, [&] { return bench.run("image.resize", event, "a", stop.get_token()); });
  // The whole takes seconds; by now it is in the middle, however busy the machine is.
  while (work_of_others() - begun < std::chrono::milliseconds(300)) std::this_thread::yield();
  stop.request_stop();
  EXPECT_EQ(error_name(answer.get()), "Handler.Cancelled");
  EXPECT_THAT(keys_in_out(bench), testing::IsEmpty());
}

}  // namespace
}  // namespace stepd::test
