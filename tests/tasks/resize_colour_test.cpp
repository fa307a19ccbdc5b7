// Options that change colours and sharpness, and what of the source's metadata a result carries.
#include "resizing.h"
#include "tasks/image/vips.h"

#include <gmock/gmock.h>

#include <vips/vips.h>

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

constexpr Pixel kClay{200, 100, 50, 255};
std::string clay(const std::string& suffix, bool cmyk = false) {
  return paint(
      suffix, 60, 40, [](int, int) { return kClay; }, false, cmyk);
}

/// A field of an encoded picture, empty if it has none.
std::string field(const std::string& bytes, const char* name) {
  tasks::image::start_vips();
  const tasks::image::Picture picture(vips_image_new_from_buffer(bytes.data(), bytes.size(), "", nullptr));
  const void* blob = nullptr;
  std::size_t size = 0;
  if (picture == nullptr || vips_image_get_typeof(picture.get(), name) == 0) return {};
  if (vips_image_get_blob(picture.get(), name, &blob, &size) == 0) return {static_cast<const char*>(blob), size};
  const char* text = nullptr;
  return vips_image_get_string(picture.get(), name, &text) == 0 ? text : std::string();
}

TEST(ResizeColour, WideGamutBecomesSrgb) {
  Workbench bench;
  // Display P3 to sRGB: both have the curve of sRGB, so the matrices of the two sets of primaries give the numbers.
  for (const char* suffix : {".jpg[Q=100,profile=p3]", ".png[profile=p3]", ".webp[Q=100,profile=p3]"}) {
    bench.objects.put("in", "wide", clay(suffix));
    const auto picture = resized(bench, resize_request("wide", {{"width", 30}, {"format", "png"}}));
    EXPECT_LE(distance(picture.at(15, 10), {214, 93, 31, 255}), 6) << suffix;
  }
}

TEST(ResizeColour, CmykWithAProfileComesOutAsTheColoursItWasMadeOf) {
  Workbench bench;
  for (const char* suffix : {".jpg[Q=100,profile=cmyk]", ".tif[profile=cmyk]"}) {
    bench.objects.put("in", "print", clay(suffix, true));
    const auto picture = resized(bench, resize_request("print", {{"width", 30}, {"format", "png"}}));
    ASSERT_EQ(picture.bands, 3);
    EXPECT_LE(distance(picture.at(15, 10), kClay), 16) << suffix;
  }
}

TEST(ResizeColour, AProfileIsKeptWithItsColoursOrWrittenAsSrgb) {
  Workbench bench;
  bench.objects.put("in", "wide.png", clay(".png[profile=p3]"));
  const auto bytes = [&](Json more) {
    more["width"] = 30;
    return resized_bytes(bench, resize_request("wide.png", more));
  };
  const auto plain = bytes(Json::object());
  EXPECT_EQ(field(plain, "icc-profile-data"), "");
  const auto tagged = bytes({{"keep", {"icc"}}});
  // libvips 8.16's is of version 4, which names it in UTF-16.
  const std::string in_utf16("\0s\0R\0G\0B", 8);
  EXPECT_THAT(field(tagged, "icc-profile-data"), AnyOf(HasSubstr("sRGB"), HasSubstr(in_utf16)));
  EXPECT_EQ(decode(tagged).at(9, 9), decode(plain).at(9, 9));
  const auto kept = bytes({{"colours", "keep"}});
  EXPECT_EQ(field(kept, "icc-profile-data"), field(clay(".png[profile=p3]"), "icc-profile-data"));
  EXPECT_LE(distance(decode(kept).at(9, 9), kClay), 1);
}

TEST(ResizeColour, AlphaThatIsDroppedLeavesTheColoursThatItHid) {
  Workbench bench;
  // Of the lightest alpha and not of none: a WebP's encoder blackens what nobody sees.
  const auto hidden = [](const std::string& suffix) {
    return paint(
        suffix, 80, 40,
        [](int x, int) {
          return Pixel{200, 100, 50, x < 40 ? 255 : 1};
        },
        true);
  };
  bench.objects.put("in", "logo.png", hidden(".png"));
  bench.objects.put("in", "logo.webp", hidden(".webp[lossless]"));
  bench.objects.put("in", "grey.png", flat(".png", {120, 0}));
  for (const char* key : {"logo.png", "logo.webp"}) {
    for (const char* format : {"jpeg", "png", "webp"}) {
      for (const int width : {80, 40, 10}) {
        const auto picture = resized(
            bench, resize_request(key, {{"width", width}, {"format", format}, {"alpha", "drop"}}, "{width}.{ext}"));
        EXPECT_FALSE(picture.has_alpha) << format;
        for (const int x : {1, width - 2}) EXPECT_LE(distance(picture.at(x, 2), kClay), 8) << key << format << width;
      }
    }
  }
  const auto grey = resized(bench, resize_request("grey.png", {{"width", 48}, {"alpha", "drop"}, {"format", "jpeg"}}));
  EXPECT_NEAR(grey.at(20, 10)[0], 120, 1);
  const auto several = bench.run(
      "image.resize",
      resize_request("logo.png", {{"alpha", "drop"}, {"format", "png"}, {"outputs", {{{"width", 80}}, {{"width", 8}}}}},
                     "o-{width}"));
  ASSERT_EQ(error_name(several), "none") << cause(several);
  EXPECT_LE(distance(decode(bench.objects.bytes("out", "o-8")).at(7, 1), kClay), 2);
}

TEST(ResizeColour, GrayscaleBlurAndSharpenDoWhatTheySay) {
  Workbench bench;
  bench.objects.put("in", "edge.png", paint(".png", 80, 20, [](int x, int) {
                      return x < 40 ? Pixel{60, 80, 60, 255} : Pixel{180, 160, 190, 255};
                    }));
  const auto made = [&](Json more) {
    more["percent"] = 100;
    return resized(bench, resize_request("edge.png", more));
  };
  const auto plain = made(Json::object());
  const auto grey = made({{"grayscale", true}});
  EXPECT_EQ(grey.bands, 1);
  EXPECT_LT(grey.at(5, 5)[0], grey.at(70, 5)[0]);
  const auto soft = made({{"blur", 3}});
  EXPECT_GT(soft.at(39, 10)[1], plain.at(39, 10)[1] + 20);
  EXPECT_LE(distance(soft.at(5, 10), plain.at(5, 10)), 1);
  const auto sharp = made({{"sharpen", 2}});
  EXPECT_GT(sharp.at(40, 10)[1], plain.at(40, 10)[1] + 5);
  EXPECT_LT(sharp.at(39, 10)[1], plain.at(39, 10)[1] - 5);
}

TEST(ResizeColour, KernelsDiffer) {
  Workbench bench;
  bench.objects.put("in", "s.png", paint_scenery(".png", 300, 200));
  std::set<std::vector<std::uint8_t>> results;
  for (const char* kernel : {"nearest", "linear", "cubic", "mitchell", "lanczos2", "lanczos3"}) {
    const auto picture = resized(bench, resize_request("s.png", {{"width", 110}, {"kernel", kernel}}));
    EXPECT_LE(hash_distance(picture, decode(paint_scenery(".png", 300, 200))), 4) << kernel;
    results.insert(picture.samples);
  }
  EXPECT_EQ(results.size(), 6u);
}

TEST(ResizeColour, LinearLightKeepsTheBrightnessOfFinePatterns) {
  Workbench bench;
  // Black and white in equal parts send out half of the light, which is 188 of 255 and not 128.
  bench.objects.put("in", "checks.png",
                    paint(".png", 200, 200, [](int x, int y) { return (x + y) % 2 == 0 ? kWhite : kBlack; }));
  const auto middle = [&](bool linear) {
    return resized(bench, resize_request("checks.png", {{"width", 20}, {"linear", linear}})).at(10, 10)[0];
  };
  EXPECT_NEAR(middle(false), 128, 4);
  EXPECT_NEAR(middle(true), 188, 4);
}

std::string traveller() {
  const std::string place("ASCII\0\0\0Hidden cove", 19);
  const auto block = exif_block({{0x0110, 2, 14, std::string("Secret camera\0", 14)},
                                 {0x0112, 3, 1, exif_short(6)},
                                 {0x8298, 2, 10, std::string("(c) Alice\0", 10)}},
                                {{0x001C, 7, static_cast<std::uint32_t>(place.size()), place}});
  return with_exif(draw(".jpg"), block);
}

TEST(ResizeColour, ExifIsKeptOnRequestWithoutPlaceAndOrientation) {
  Workbench bench;
  bench.objects.put("in", "t.jpg", traveller());
  for (const char* format : {"jpeg", "png", "webp", "avif"}) {
    const auto bytes = [&](const Json& keep) {
      return resized_bytes(bench, resize_request("t.jpg", {{"width", 24}, {"format", format}, {"keep", keep}}));
    };
    const auto none = bytes(Json::array());
    for (const char* secret : {"Secret", "Alice", "cove"}) EXPECT_THAT(none, Not(HasSubstr(secret))) << format;
    const auto exif = bytes({"exif"});
    EXPECT_THAT(exif, HasSubstr("Secret camera")) << format;
    EXPECT_THAT(exif, HasSubstr("Alice")) << format;
    EXPECT_THAT(exif, Not(HasSubstr("cove"))) << format;
    EXPECT_THAT(field(exif, "exif-ifd0-Orientation"), Not(HasSubstr("6"))) << format;
    const auto whole = bytes({"exif", "gps"});
    EXPECT_THAT(whole, HasSubstr("cove")) << format;
    const auto copyright = bytes({"copyright"});
    EXPECT_THAT(copyright, HasSubstr("Alice")) << format;
    EXPECT_THAT(copyright, Not(HasSubstr("Secret"))) << format;
    EXPECT_THAT(copyright, Not(HasSubstr("cove"))) << format;
  }
}

TEST(ResizeColour, XmpIsKeptOnRequestUnlessItSpeaksOfAPlace) {
  Workbench bench;
  const auto with_xmp = [](const std::string& packet) {
    const auto content = std::string("http://ns.adobe.com/xap/1.0/\0", 29) + packet;
    const auto size = content.size() + 2;
    const auto jpeg = draw(".jpg");
    return jpeg.substr(0, 2) + "\xFF\xE1" + static_cast<char>(size >> 8) + static_cast<char>(size & 255) + content +
           jpeg.substr(2);
  };
  const auto kept = [&](const std::string& packet, const Json& keep) {
    bench.objects.put("in", "x.jpg", with_xmp(packet));
    return field(resized_bytes(bench, resize_request("x.jpg", {{"width", 24}, {"keep", keep}})), "xmp-data");
  };
  const std::string title = "<x:xmpmeta xmlns:x='adobe:ns:meta/'>Title</x:xmpmeta>";
  const std::string place = "<x:xmpmeta xmlns:x='adobe:ns:meta/' exif:GPSLatitude='48,51N'/>";
  EXPECT_EQ(kept(title, Json::array()), "");
  EXPECT_EQ(kept(title, {"xmp"}), title);
  EXPECT_EQ(kept(place, {"xmp"}), "");
  EXPECT_EQ(kept(place, {"xmp", "gps"}), place);
}

TEST(ResizeColour, LooksLikeThePictureThatItIsMadeOf) {
  Workbench bench;
  const auto large = decode(paint_scenery(".png", 900, 600));
  const auto golden = averaged(large, 150, 100);
  const auto jpeg = paint_scenery(".jpg[Q=95]", 900, 600);
  bench.objects.put("in", "s.jpg", jpeg);
  for (const char* format : {"jpeg", "png", "webp", "avif", "tiff", "gif"}) {
    const auto picture = resized(bench, resize_request("s.jpg", {{"width", 150}, {"format", format}}));
    EXPECT_LE(hash_distance(picture, golden), 3) << format;
    EXPECT_LE(mean_difference(picture, golden), std::string_view(format) == "gif" ? 8 : 4) << format;
  }
  const auto mirrored = resized(bench, resize_request("s.jpg", {{"width", 150}, {"flop", true}}));
  EXPECT_GT(hash_distance(mirrored, golden), 16);
}

}  // namespace
}  // namespace stepd::test
