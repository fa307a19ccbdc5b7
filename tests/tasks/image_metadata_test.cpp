#include "base/payload.h"
#include "handler_fixture.h"
#include "pictures.h"
#include "tasks/image/metadata/exif.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using testing::HasSubstr;

Json metadata_of(Workbench& bench, const std::string& bytes) {
  bench.objects.put("in", "photo", bytes);
  const auto result = bench.run("image.metadata", R"({"bucket": "in", "key": "photo"})");
  EXPECT_EQ(error_name(result), "none") << cause(result);
  return result ? *result : Json::object();
}

TEST(ImageMetadata, AnswersWhatTheHeaderSays) {
  Workbench bench;
  const auto jpeg = draw(".jpg", {.width = 400, .height = 300});
  auto expected =
      Json::parse(R"({"width": 400, "height": 300, "format": "jpeg", "formatName": "JPEG", "mediaType": "image/jpeg",
      "mode": "RGB", "bytes": 0, "orientation": 1, "hasAlpha": false, "pages": 1, "storedWidth": 400,
      "storedHeight": 300, "bands": 3, "bitDepth": 8, "space": "srgb", "density": null, "hasProfile": false,
      "profile": null, "progressive": false, "palette": false, "chromaSubsampling": "4:2:0", "animation": null,
      "exif": {}, "iptc": {}, "xmp": {}})");
  expected["bytes"] = jpeg.size();
  EXPECT_EQ(metadata_of(bench, jpeg), expected);
}

TEST(ImageMetadata, NamesTheModeAsPillowDoes) {
  Workbench bench;
  const std::pair<std::string, const char*> cases[] = {
      {draw(".jpg"), "RGB"},
      {draw(".jpg", {.bands = 1}), "L"},
      {draw(".jpg", {.cmyk = true}), "CMYK"},
      {draw(".png", {.bands = 4}), "RGBA"},
      {draw(".png", {.bands = 2}), "LA"},
      {draw(".png[palette]"), "P"},
      {draw(".png", {.bands = 1, .deep = true}), "I;16"},
      {draw(".png[bitdepth=1]", {.bands = 1}), "1"},
      {draw(".gif"), "P"},
      {draw(".webp"), "RGB"},
      {draw(".tif"), "RGB"},
      {draw(".avif"), "RGB"},
      {draw(".heic"), "RGB"},
  };
  int number = 0;
  for (const auto& [bytes, mode] : cases) {
    EXPECT_EQ(metadata_of(bench, bytes).value("mode", ""), mode) << "case " << number;
    ++number;
  }
}

TEST(ImageMetadata, GivesTheSizeThatAViewerSees) {
  Workbench bench;
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const auto jpeg = draw(".jpg", {.width = 80, .height = 60, .stored_turned_for = orientation});
    const auto metadata = metadata_of(bench, with_exif(jpeg, exif_orientation(orientation)));
    EXPECT_EQ(metadata.at("orientation"), orientation);
    EXPECT_EQ(metadata.at("width"), 80) << orientation;
    EXPECT_EQ(metadata.at("height"), 60) << orientation;
    EXPECT_EQ(metadata.at("storedWidth"), orientation < 5 ? 80 : 60) << orientation;
    EXPECT_EQ(metadata.at("storedHeight"), orientation < 5 ? 60 : 80) << orientation;
    EXPECT_EQ(metadata.at("exif"), Json({{"Orientation", orientation}}));
  }
}

TEST(ImageMetadata, CountsFrames) {
  Workbench bench;
  const auto animation = metadata_of(bench, draw(".gif", {.frames = 3}));
  EXPECT_EQ(animation.at("pages"), 3);
  EXPECT_EQ(animation.at("height"), 48);
  EXPECT_EQ(metadata_of(bench, draw(".webp", {.frames = 4})).at("pages"), 4);
}

TEST(ImageMetadata, SaysHowThePictureIsStored) {
  Workbench bench;
  const auto member = [&](const std::string& bytes, const char* name) { return metadata_of(bench, bytes).at(name); };
  EXPECT_EQ(member(draw(".jpg[interlace]"), "progressive"), true);
  EXPECT_EQ(member(draw(".png[interlace]"), "progressive"), true);
  EXPECT_EQ(member(draw(".png"), "progressive"), false);
  EXPECT_EQ(member(draw(".png[palette]"), "palette"), true);
  EXPECT_EQ(member(draw(".png[palette,bitdepth=2]"), "bitDepth"), 2);
  EXPECT_EQ(member(draw(".png", {.deep = true}), "bitDepth"), 16);
  EXPECT_EQ(member(draw(".png", {.bands = 1}), "bands"), 1);
  EXPECT_EQ(member(draw(".png", {.bands = 1}), "space"), "b-w");
  EXPECT_EQ(member(draw(".jpg", {.cmyk = true}), "space"), "cmyk");
  EXPECT_EQ(member(draw(".jpg[subsample-mode=off]"), "chromaSubsampling"), "4:4:4");
  EXPECT_EQ(member(with_exif(draw(".jpg"), exif_block({{0x011A, 5, 1, exif_rationals({{300, 1}})},
                                                       {0x011B, 5, 1, exif_rationals({{300, 1}})},
                                                       {0x0128, 3, 1, exif_short(2)}})),
                   "density"),
            300);
}

TEST(ImageMetadata, NamesTheProfile) {
  Workbench bench;
  const auto metadata = metadata_of(bench, draw(".jpg[profile=p3]"));
  EXPECT_EQ(metadata.at("hasProfile"), true);
  EXPECT_THAT(metadata.at("profile").get<std::string>(), HasSubstr("P3"));
}

TEST(ImageMetadata, TimesAnAnimation) {
  Workbench bench;
  const auto animation = metadata_of(bench, draw(".gif", {.frames = 3})).at("animation");
  EXPECT_EQ(animation.at("delays").size(), 3u);
  std::int64_t sum = 0;
  for (const auto& delay : animation.at("delays")) sum += delay.get<std::int64_t>();
  EXPECT_EQ(animation.at("duration"), sum);
  EXPECT_EQ(animation.at("loop"), 0);
}

TEST(ImageMetadata, KeepsThePlaceApartFromTheCamera) {
  Workbench bench;
  const auto block = exif_block({{0x010F, 2, 9, std::string(" Maker  \0", 9)},
                                 {0x011A, 5, 1, exif_rationals({{1, 250}})},
                                 {0x011B, 5, 1, exif_rationals({{28, 0}})}},
                                {{1, 2, 2, std::string("S\0", 2)},
                                 {2, 5, 3, exif_rationals({{33, 1}, {51, 1}, {36, 1}})},
                                 {3, 2, 2, std::string("E\0", 2)},
                                 {4, 5, 3, exif_rationals({{151, 1}, {12, 1}, {0, 1}})},
                                 {5, 1, 1, std::string(1, '\1')},
                                 {6, 5, 1, exif_rationals({{25, 2}})}});
  const auto metadata = metadata_of(bench, with_exif(draw(".jpg"), block));
  EXPECT_EQ(metadata.at("exif").at("Make"), "Maker");
  EXPECT_EQ(metadata.at("exif").at("XResolution"), 0.004);
  EXPECT_EQ(metadata.at("exif").at("YResolution"), nullptr);
  EXPECT_FALSE(metadata.at("exif").contains("gps"));
  const Json& gps = metadata.at("gps");
  EXPECT_NEAR(gps.at("latitude").get<double>(), -33.86, 1e-9);
  EXPECT_NEAR(gps.at("longitude").get<double>(), 151.2, 1e-9);
  EXPECT_EQ(gps.at("altitude"), -12.5);
  EXPECT_EQ(gps.at("GPSLatitude"), Json({33, 51, 36}));
}

TEST(ImageMetadata, TellsThePlaceOnlyIfItMay) {
  Workbench bench;
  auto jpeg = with_exif(draw(".jpg"), exif_block({{0x010F, 2, 5, "Maker"}}, {{6, 5, 1, exif_rationals({{25, 2}})}}));
  jpeg = with_xmp(jpeg, R"(<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
      xmlns:e="http://ns.adobe.com/exif/1.0/" e:GPSLatitude="33,51.6S" e:Flash="on"/></rdf:RDF>)");
  bench.objects.put("in", "photo", jpeg);
  const auto all = bench.run("image.metadata", R"({"bucket": "in", "key": "photo"})");
  ASSERT_EQ(error_name(all), "none");
  EXPECT_EQ(all->at("gps").at("altitude"), 12.5);
  EXPECT_EQ(all->at("xmp"), Json::parse(R"({"exif": {"GPSLatitude": "33,51.6S", "Flash": "on"}})"));
  const auto some = bench.run("image.metadata", R"({"bucket": "in", "key": "photo", "gps": false})");
  ASSERT_EQ(error_name(some), "none");
  EXPECT_FALSE(some->contains("gps"));
  EXPECT_EQ(some->at("exif").at("Make"), "Maker");
  EXPECT_EQ(some->dump().find("GPS"), std::string::npos) << *some;
  EXPECT_EQ(some->at("xmp"), Json::parse(R"({"exif": {"Flash": "on"}})"));
}

TEST(ImageMetadata, LeavesExifOutOnRequest) {
  Workbench bench;
  bench.objects.put("in", "photo", with_exif(draw(".jpg"), exif_orientation(6)));
  const auto result =
      bench.run("image.metadata", R"({"bucket": "in", "key": "photo", "exif": false, "gps": false, "iptc": false,
                                                      "xmp": false})");
  ASSERT_EQ(error_name(result), "none");
  for (const char* left_out : {"exif", "iptc", "xmp"}) EXPECT_FALSE(result->contains(left_out)) << left_out;
  EXPECT_FALSE(result->contains("gps"));
  EXPECT_EQ(result->at("orientation"), 6);
}

TEST(ImageMetadata, NamesItsErrors) {
  Workbench bench({.max_bytes = 1'000});
  const auto error = [&](const std::string& bytes) {
    bench.objects.put("in", "photo", bytes);
    return bench.run("image.metadata", R"({"bucket": "in", "key": "photo"})");
  };
  EXPECT_EQ(error_name(error("")), "Image.Empty");
  EXPECT_EQ(error_name(error(draw(".jpg").substr(0, 100))), "Image.Corrupt");
  EXPECT_EQ(error_name(error(std::string(1'001, 'x'))), "Image.TooLarge");
  EXPECT_THAT(cause(error(std::string(1'001, 'x'))), HasSubstr("the limit max_bytes is 1000"));
  EXPECT_EQ(error_name(error("Dear diary")), "Image.UnsupportedType");
  EXPECT_THAT(cause(error("Dear diary")), HasSubstr("The content is text"));
  EXPECT_THAT(cause(error("%PDF-1.7")), HasSubstr("a PDF document"));
  EXPECT_THAT(cause(error(bmp(3, 2))), HasSubstr("a BMP picture"));
}

TEST(Exif, ReadsABlockWithAndWithoutTheSignatureOfJpeg) {
  const auto block = exif_orientation(3);
  const Json expected{{"Orientation", 3}};
  EXPECT_EQ(tasks::image::read_exif(block), expected);
  EXPECT_EQ(tasks::image::read_exif(std::string("Exif\0\0", 6) + block), expected);
}

TEST(Exif, InventsNothing) {
  EXPECT_EQ(tasks::image::read_exif(exif_block({})), Json::object());
  EXPECT_EQ(tasks::image::read_exif(""), Json::object());
  EXPECT_EQ(tasks::image::read_exif("nonsense"), Json::object());
}

TEST(Exif, MakesHostileTextsHarmless) {
  const std::string text = "caf\xE9 <\x01>" + std::string(5'000, 'x');
  const auto exif = tasks::image::read_exif(exif_block({{0x0110, 2, static_cast<std::uint32_t>(text.size()), text}}));
  const auto model = exif.at("Model").get<std::string>();
  EXPECT_LE(model.size(), 1'100u);
  EXPECT_THAT(model, testing::StartsWith("caf\xEF\xBF\xBD <"));
  EXPECT_EQ(parse_json(print_json(exif)).value(), exif);
}

TEST(Exif, LeavesOutValuesThatReachBeyondTheBlock) {
  for (const std::uint32_t count : {1u, 2u, 65u, 1'000u, 0x20000000u, 0xFFFFFFFFu}) {
    const auto exif = tasks::image::read_exif(
        exif_block({{0x011A, 5, count, exif_rationals({{1, 250}})}, {0x0112, 3, 1, exif_short(6)}}));
    EXPECT_EQ(exif.at("Orientation"), 6) << count;
    EXPECT_EQ(exif.contains("XResolution"), count == 1) << count;
  }
}

}  // namespace
}  // namespace stepd::test
