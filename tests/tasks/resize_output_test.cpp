// Options that say what is written: formats and their knobs, several outputs, presets, watermarks and animations.
#include "base/payload.h"
#include "resizing.h"
#include "tasks/image/codec/accepted_format.h"
#include "tasks/image/resize/resize_presets.h"
#include "tasks/image/vips.h"

#include <gmock/gmock.h>

#include <vips/vips.h>

#include <map>
#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Scenery : public testing::Test {
 protected:
  Scenery() { bench.objects.put("in", "s.png", paint_scenery(".png", 240, 160)); }
  std::string made(Json more) {
    more["percent"] = 100;
    return resized_bytes(bench, resize_request("s.png", more));
  }
  Result<Json> run(const Json& more) { return bench.run("image.resize", resize_request("s.png", more)); }
  Workbench bench;
};

TEST_F(Scenery, EveryFormatIsWrittenAsItself) {
  for (const char* format : {"jpeg", "png", "webp", "avif", "gif", "tiff"}) {
    const auto result = run({{"width", 50}, {"format", format}});
    ASSERT_EQ(error_name(result), "none") << cause(result);
    const auto type = bench.run("image.type", Json{{"bucket", "out"}, {"key", result->at("key")}});
    EXPECT_EQ(type->at("type"), format);
    EXPECT_EQ(type->at("agrees"), true);
  }
}

TEST_F(Scenery, QualityAndEffortAndSubsamplingChangeTheFile) {
  for (const char* format : {"jpeg", "webp", "avif", "tiff"}) {
    EXPECT_LT(made({{"format", format}, {"quality", 20}}).size(), made({{"format", format}, {"quality", 95}}).size())
        << format;
  }
  for (const char* format : {"png", "webp", "avif"}) {
    EXPECT_NE(made({{"format", format}, {"effort", 0}}), made({{"format", format}, {"effort", 8}})) << format;
  }
  EXPECT_LT(made({{"format", "jpeg"}, {"subsampling", "4:2:0"}}).size(),
            made({{"format", "jpeg"}, {"subsampling", "4:4:4"}}).size());
  EXPECT_LT(made({{"format", "png"}, {"palette", true}}).size(), made({{"format", "png"}, {"filter", "none"}}).size());
}

TEST_F(Scenery, PngIsFilteredWhereThatMakesItSmaller) {
  const auto sizes = [&](const std::string& picture) {
    bench.objects.put("in", "s.png", picture);
    std::map<std::string, std::size_t> found;
    for (const char* filter : {"auto", "none", "adaptive"})
      found[filter] = made({{"format", "png"}, {"filter", filter}}).size();
    EXPECT_EQ(found["auto"], made({{"format", "png"}}).size());
    EXPECT_EQ(found["auto"], std::min(found["none"], found["adaptive"]));
    return found;
  };
  // As a photograph: slopes, and a little noise.
  auto photograph = sizes(paint(".png", 400, 300, [](int x, int y) {
    const int grain = (x * 7919 + y * 104'729 + x * y * 31) % 5;
    return Pixel{x / 2 + grain, 255 - (x + y) / 3 + grain, y / 2 + grain, 255};
  }));
  EXPECT_LT(photograph["adaptive"] * 4, photograph["none"] * 3);
  // As a drawing that is dithered: few colours, whose differences are more.
  auto drawing = sizes(paint(".png", 400, 300, [](int x, int y) {
    constexpr std::array<int, 4> kGreys{60, 120, 180, 200};
    const auto spot = (static_cast<unsigned>(x) * 2'654'435'761u) ^ (static_cast<unsigned>(y) * 2'654'476'211u);
    const int grey = kGreys[((spot ^ spot >> 13) * 1'274'126'177u) >> 30];
    return Pixel{grey, grey, grey, 255};
  }));
  EXPECT_LT(drawing["none"], drawing["adaptive"]);
  bench.objects.put("in", "s.png", paint_scenery(".png", 240, 160));
  EXPECT_LT(made({{"format", "png"}, {"effort", 10}}).size(), made({{"format", "png"}, {"effort", 1}}).size());
}

TEST_F(Scenery, LosslessIsExact) {
  const auto exact = decode(paint_scenery(".png", 240, 160));
  EXPECT_EQ(decode(made({{"format", "webp"}, {"lossless", true}})).samples, exact.samples);
  EXPECT_NE(decode(made({{"format", "webp"}})).samples, exact.samples);
}

TEST_F(Scenery, ProgressiveJpegHasSeveralScans) {
  EXPECT_THAT(made({{"format", "jpeg"}, {"progressive", true}}), HasSubstr("\xFF\xC2"));
  EXPECT_THAT(made({{"format", "jpeg"}}), Not(HasSubstr("\xFF\xC2")));
  EXPECT_EQ(made({{"format", "png"}, {"progressive", true}})[28], 1);
  EXPECT_EQ(made({{"format", "png"}})[28], 0);
}

TEST_F(Scenery, MaxBytesIsKeptByTheHighestQualityThatDoes) {
  for (const char* format : {"jpeg", "webp", "avif"}) {
    const auto full = made({{"format", format}, {"quality", 90}});
    const auto limit = full.size() / 2;
    const Json wanted{{"percent", 100}, {"format", format}, {"quality", 90}, {"maxBytes", limit}};
    const auto result = run(wanted);
    ASSERT_EQ(error_name(result), "none") << cause(result);
    EXPECT_LE(result->at("bytes").get<std::size_t>(), limit) << format;
    const auto quality = result->at("quality").get<int>();
    EXPECT_GT(made({{"format", format}, {"quality", quality + 1}}).size(), limit) << format;
  }
  const auto roomy = run({{"percent", 100}, {"format", "jpeg"}, {"quality", 70}, {"maxBytes", 10'000'000}});
  EXPECT_EQ(roomy->at("quality"), 70);
}

TEST_F(Scenery, MaxBytesThatNoQualityKeepsIsAnError) {
  for (const char* format : {"jpeg", "png"}) {
    const auto result = run({{"percent", 100}, {"format", format}, {"maxBytes", 100}});
    EXPECT_EQ(error_name(result), "Image.OverMaxBytes");
    EXPECT_THAT(cause(result), HasSubstr("maxBytes is 100"));
  }
  EXPECT_EQ(bench.objects.list("out", "", "", 9)->entries.size(), 0u);
}

TEST(Accept, TakesTheHighestWeightAndOfEqualsTheSmallestFormat) {
  using tasks::image::choose_format;
  using tasks::image::type_named;
  const auto chosen = [&](std::string_view accept, bool alpha = false, bool animated = false) {
    return choose_format(accept, alpha, animated, type_named("jpeg"))->name;
  };
  EXPECT_EQ(chosen("image/avif,image/webp,*/*;q=0.8"), "avif");
  EXPECT_EQ(chosen("image/webp, image/apng, image/*"), "webp");
  EXPECT_EQ(chosen("image/avif;q=0.5, image/webp;q=0.9"), "webp");
  EXPECT_EQ(chosen("image/avif;q=0, image/png"), "png");
  EXPECT_EQ(chosen("webp"), "webp");
  EXPECT_EQ(chosen("*/*"), "jpeg");
  EXPECT_EQ(chosen("image/jpeg;q=x"), "jpeg");
  EXPECT_EQ(chosen("image/jpeg, image/png;q=0.1", true), "png");
  EXPECT_EQ(chosen("image/avif, image/gif", false, true), "gif");
}

TEST_F(Scenery, AcceptChoosesTheFormat) {
  EXPECT_EQ(run({{"width", 20}, {"accept", "image/webp,*/*"}})->at("format"), "webp");
  EXPECT_EQ(run({{"width", 20}, {"accept", "*/*"}})->at("format"), "png");
}

TEST_F(Scenery, SeveralOutputsComeFromOneRequest) {
  const auto result = run({{"format", "webp"},
                           {"destination", {{"bucket", "out"}, {"key", "{name}-{width}.{ext}"}}},
                           {"outputs",
                            {{{"width", 120}},
                             {{"width", 60}, {"format", "jpeg"}},
                             {{"width", 30}, {"height", 30}, {"fit", "cover"}},
                             {{"width", 40}, {"destination", {{"bucket", "out"}, {"key", "own"}}}}}}});
  ASSERT_EQ(error_name(result), "none") << cause(result);
  std::vector<std::string> keys;
  for (const auto& output : result->at("outputs")) keys.push_back(output.at("key").get<std::string>());
  EXPECT_THAT(keys, ElementsAre("s-120.webp", "s-60.jpg", "s-30.webp", "own"));
  EXPECT_EQ(result->at("source").at("width"), 240);
  EXPECT_EQ(decode(bench.objects.bytes("out", "s-30.webp")).height, 30);
  EXPECT_LE(hash_distance(decode(bench.objects.bytes("out", "s-60.jpg")), decode(paint_scenery(".png", 240, 160))), 3);
}

TEST_F(Scenery, AnOutputOfSeveralIsAsGoodAsAlone) {
  for (const char* suffix : {".jpg[Q=95]", ".png"}) {
    bench.objects.put("in", "large", paint_scenery(suffix, 1'601, 1'201));
    const Json outputs{{{"width", 800}}, {{"width", 50}}, {{"width", 400}}, {{"width", 200}}, {{"width", 100}}};
    const auto result = bench.run(
        "image.resize", resize_request("large", {{"outputs", outputs}, {"format", "png"}}, "several-{width}"));
    ASSERT_EQ(error_name(result), "none") << cause(result);
    for (const int width : {50, 100, 200, 400, 800}) {
      const auto alone = resized(bench, resize_request("large", {{"width", width}, {"format", "png"}}));
      const auto several = decode(bench.objects.bytes("out", "several-" + std::to_string(width)));
      EXPECT_LE(mean_difference(several, alone), 2) << suffix << " " << width;
    }
  }
}

TEST_F(Scenery, WhatIsWrongWithOutputsIsNamed) {
  const std::pair<Json, const char*> cases[] = {
      {{{"outputs", Json::array()}}, "/outputs: expected an array of 1 to 32"},
      {{{"outputs", {{{"width", 0}}}}}, "/outputs/0: /width: expected a whole number"},
      {{{"outputs", {{{"width", 9}}, 7}}}, "/outputs/1: expected an object"},
      {{{"outputs", {{{"width", 9}, {"key", "k"}}}}}, "/outputs/0/key: stands beside outputs"},
  };
  for (const auto& [more, expected] : cases) {
    const auto result = run(more);
    EXPECT_EQ(error_name(result), "Handler.InvalidArguments");
    EXPECT_THAT(cause(result), HasSubstr(expected));
  }
  const auto same = run({{"outputs", {{{"width", 9}}, {{"width", 8}}}}});
  EXPECT_EQ(error_name(same), "Object.Conflict");
  EXPECT_THAT(cause(same), HasSubstr("Two outputs would be the same"));
}

TEST(Presets, StandForTheirArgumentsAndGiveWayToTheRequest) {
  using tasks::image::expand_presets;
  const tasks::ImagePresets presets{
      {{"thumb", Payload(Json{{"width", 10}, {"format", "webp"}})}, {"set", Payload(Json{{"width", 5}})}}, false};
  EXPECT_EQ(expand_presets(Json{{"key", "k"}, {"preset", "thumb"}, {"width", 20}}, presets).value(),
            (Json{{"width", 20}, {"format", "webp"}, {"key", "k"}}));
  EXPECT_EQ(expand_presets(Json{{"outputs", {{{"preset", "set"}}}}}, presets)->at("outputs").at(0),
            (Json{{"width", 5}}));
  EXPECT_THAT(expand_presets(Json{{"preset", "thumbs"}}, presets).error().cause, HasSubstr("did you mean thumb?"));
  auto only = presets;
  only.only = true;
  EXPECT_TRUE(expand_presets(Json{{"key", "k"}, {"preset", "thumb"}}, only).has_value());
  EXPECT_THAT(expand_presets(Json{{"preset", "thumb"}, {"width", 9}}, only).error().cause,
              HasSubstr("/width: only presets are permitted"));
  EXPECT_THAT(expand_presets(Json{{"key", "k"}}, only).error().cause, HasSubstr("/preset: missing"));
  EXPECT_THAT(expand_presets(Json{{"outputs", {{{"preset", "set"}, {"blur", 9}}}}}, only).error().cause,
              HasSubstr("/outputs/0/blur: only presets"));
  EXPECT_TRUE(tasks::image::check_preset(Json{{"width", 9}}).has_value());
  EXPECT_THAT(tasks::image::check_preset(Json{{"width", 9}, {"fitt", "cover"}}).error().cause, HasSubstr("/fitt"));
}

TEST_F(Scenery, AWatermarkLiesWhereItIsPutAsStrongAsItIsAsked) {
  bench.objects.put("in", "flat.png", paint(".png", 200, 100, [](int, int) { return kBlack; }));
  bench.objects.put("in", "mark.png", paint(".png", 20, 10, [](int, int) { return kRed; }));
  const auto marked = [&](Json mark) {
    mark.update({{"bucket", "in"}, {"key", "mark.png"}});
    return resized(bench, resize_request("flat.png", {{"percent", 100}, {"watermark", mark}}));
  };
  // A fifth of 200 is 40, so the mark is 40 x 20.
  const auto corner = marked({{"scale", 0.2}});
  EXPECT_EQ(corner.at(199, 99), kRed);
  EXPECT_EQ(corner.at(160, 80), kRed);
  EXPECT_EQ(corner.at(158, 90), kBlack);
  EXPECT_FALSE(corner.has_alpha);
  const auto moved = marked({{"scale", 0.2}, {"position", "northwest"}, {"offset", {{"x", 10}, {"y", 5}}}});
  EXPECT_EQ(moved.at(9, 10), kBlack);
  EXPECT_EQ(moved.at(11, 6), kRed);
  const auto inwards = marked({{"scale", 0.2}, {"offset", {{"x", 10}, {"y", 5}}}});
  EXPECT_EQ(inwards.at(195, 90), kBlack);
  EXPECT_EQ(inwards.at(188, 90), kRed);
  EXPECT_LE(distance(marked({{"scale", 0.2}, {"opacity", 0.5}}).at(190, 90), {128, 0, 0, 255}), 2);
  const auto tiled = marked({{"scale", 0.2}, {"tile", true}});
  for (const auto& [x, y] : {std::pair{1, 1}, {100, 50}, {199, 99}}) EXPECT_EQ(tiled.at(x, y), kRed);
}

TEST_F(Scenery, ATextIsWrittenInItsColour) {
  bench.objects.put("in", "flat.png", paint(".png", 300, 100, [](int, int) { return kBlack; }));
  const auto picture = resized(
      bench,
      resize_request("flat.png",
                     {{"percent", 100},
                      {"watermark",
                       {{"text", "<b>HI</b> & you"}, {"colour", "#00ff00"}, {"position", "centre"}, {"scale", 0.8}}}}));
  int green = 0;
  for (int x = 0; x < 300; ++x) green += picture.at(x, 50)[1] > 200 ? 1 : 0;
  EXPECT_GT(green, 10);
  EXPECT_EQ(picture.at(2, 2), kBlack);
}

TEST_F(Scenery, AWatermarkThatCannotBeReadIsNamed) {
  const auto marked = [&](const std::string& bytes) {
    bench.objects.put("in", "mark", bytes);
    return run({{"width", 50}, {"watermark", {{"bucket", "in"}, {"key", "mark"}}}});
  };
  EXPECT_EQ(error_name(marked("text")), "Image.UnsupportedType");
  EXPECT_THAT(cause(marked("text")), HasSubstr("The watermark"));
  EXPECT_EQ(error_name(marked(png_claiming(60'000, 60'000))), "Image.TooManyPixels");
  EXPECT_EQ(error_name(run({{"width", 5}, {"watermark", {{"bucket", "in"}, {"key", "none"}}}})), "Object.NotFound");
}

struct Animation {
  int frames = 0;
  int loop = -1;
  std::vector<int> delays;
  std::vector<Pixel> corners;
};

Animation animation_of(const std::string& bytes) {
  tasks::image::start_vips();
  const tasks::image::Picture picture(vips_image_new_from_buffer(bytes.data(), bytes.size(), "[n=-1]", nullptr));
  Animation found;
  if (picture == nullptr) return found;
  const int height = vips_image_get_page_height(picture.get());
  found.frames = vips_image_get_height(picture.get()) / height;
  if (vips_image_get_typeof(picture.get(), "loop") != 0) vips_image_get_int(picture.get(), "loop", &found.loop);
  int* delays = nullptr;
  int count = 0;
  if (vips_image_get_typeof(picture.get(), "delay") != 0 &&
      vips_image_get_array_int(picture.get(), "delay", &delays, &count) == 0)
    found.delays.assign(delays, delays + count);
  for (int at = 0; at < found.frames; ++at) {
    double* values = nullptr;
    int bands = 0;
    vips_getpoint(picture.get(), &values, &bands, 2, at * height + 2, nullptr);
    found.corners.push_back({int(values[0]), int(values[1]), int(values[2]), 255});
    g_free(values);
  }
  return found;
}

/// Four frames of 70, 80, 90 and 100 ms.
std::string animated_gif() {
  auto gif = draw(".gif", {.frames = 4});
  // GIF89a §23: the delay stands behind the packed byte of a graphic control extension, in hundredths of a second.
  char delay = 7;
  for (auto at = gif.find("\x21\xF9\x04"); at != std::string::npos; at = gif.find("\x21\xF9\x04", at + 1))
    gif[at + 4] = delay++;
  return gif;
}

TEST(ResizeOutput, AnAnimationStaysOneOnRequest) {
  Workbench bench;
  bench.objects.put("in", "a.gif", animated_gif());
  const auto source = animation_of(animated_gif());
  ASSERT_THAT(source.delays, ElementsAre(70, 80, 90, 100));
  for (const char* format : {"gif", "webp"}) {
    const auto asked = [&](Json more) {
      more.update({{"width", 32}, {"format", format}});
      const auto result = bench.run("image.resize", resize_request("a.gif", more));
      EXPECT_EQ(error_name(result), "none") << cause(result);
      EXPECT_EQ(result->at("height"), 24);
      return animation_of(bench.objects.bytes("out", result->at("key").get<std::string>()));
    };
    const auto whole = asked({{"animated", true}});
    ASSERT_EQ(whole.frames, 4) << format;
    EXPECT_EQ(whole.delays, source.delays) << format;
    EXPECT_EQ(whole.loop, source.loop) << format;
    EXPECT_LE(distance(whole.corners[0], kRed), 40) << format;
    EXPECT_LE(distance(whole.corners[1], kBlue), 40) << format;
    EXPECT_EQ(asked(Json::object()).frames, 1) << format;
    EXPECT_EQ(asked({{"animated", true}, {"frames", 2}}).frames, 2) << format;
    const auto second = asked({{"page", 1}});
    ASSERT_EQ(second.frames, 1);
    EXPECT_LE(distance(second.corners[0], kBlue), 40) << format;
  }
  EXPECT_EQ(bench.run("image.resize", resize_request("a.gif", {{"width", 9}, {"animated", true}}))->at("format"),
            "gif");
}

TEST(ResizeOutput, FramesAndPagesAndChannelsAreLimited) {
  Workbench bench({.max_frames = 3});
  bench.objects.put("in", "a.gif", draw(".gif", {.frames = 4}));
  const auto many = bench.run("image.resize", resize_request("a.gif", {{"width", 9}, {"animated", true}}));
  EXPECT_EQ(error_name(many), "Image.TooManyFrames");
  EXPECT_THAT(cause(many), HasSubstr("4 frames; the limit max_frames is 3"));
  for (const bool animated : {false, true}) {
    const Json beyond{{"width", 9}, {"page", 4}, {"animated", animated}};
    EXPECT_EQ(error_name(bench.run("image.resize", resize_request("a.gif", beyond))), "Image.NoSuchPage");
  }
  Workbench narrow({.max_bands = 3});
  narrow.objects.put("in", "alpha.png", draw(".png", {.bands = 4}));
  const auto bands = narrow.run("image.resize", resize_request("alpha.png", {{"width", 9}}));
  EXPECT_EQ(error_name(bands), "Image.TooManyBands");
  EXPECT_THAT(cause(bands), HasSubstr("4 channels; the limit max_bands is 3"));
  Workbench small({.max_pixels = 64 * 48 * 3});
  small.objects.put("in", "a.gif", draw(".gif", {.frames = 4}));
  const auto pixels = small.run("image.resize", resize_request("a.gif", {{"width", 9}, {"animated", true}}));
  EXPECT_EQ(error_name(pixels), "Image.TooManyPixels");
  EXPECT_THAT(cause(pixels), HasSubstr("in 4 frames"));
}

TEST(ResizeOutput, NamesWhatIsWrongWithEachOption) {
  Workbench bench;
  const std::pair<Json, const char*> cases[] = {
      {{{"percent", 50}}, "/percent: takes the place of width"},
      {{{"minWidth", 9}, {"height", 9}, {"fit", "cover"}}, "/minWidth: fit cover has both sides"},
      {{{"dpr", 9}}, "/dpr: expected a number from 0.1 to 8"},
      {{{"position", "up"}}, "/position: expected one of centre"},
      {{{"position", "entropy"}}, "/position: entropy and attention are for fit cover"},
      {{{"focus", {{"x", 2}}}}, "/focus/x: expected a number"},
      {{{"region", {{"left", 1}}}}, "/region/width: missing"},
      {{{"trim", 255}}, "/trim: expected a whole number from 0 to 254"},
      {{{"extend", {{"up", 1}}}}, "/extend/up: unknown"},
      {{{"rotate", 45}}, "/rotate: expected 0, 90, 180 or 270"},
      {{{"flip", 1}}, "/flip: expected true or false"},
      {{{"blur", 0.1}}, "/blur: expected a number"},
      {{{"sharpen", 11}}, "/sharpen: expected a number"},
      {{{"kernel", "lanczos"}}, "/kernel: expected one of nearest"},
      {{{"colours", "p3"}}, "/colours: expected one of srgb, keep"},
      {{{"keep", {"exiv"}}}, "(perhaps exif)"},
      {{{"keep", "exif"}}, "/keep: expected an array of words"},
      {{{"failOn", "never"}}, "/failOn: expected one of none"},
      {{{"subsampling", "4:1:1"}}, "/subsampling: expected one of auto"},
      {{{"effort", 11}}, "/effort: expected a whole number from 0 to 10"},
      {{{"maxBytes", 0}}, "/maxBytes: expected a whole number"},
      {{{"maxBytes", 500}, {"lossless", true}}, "/maxBytes: is reached by quality"},
      {{{"accept", "image/webp"}, {"format", "png"}}, "/accept: format is given already"},
      {{{"animated", true}, {"format", "png"}}, "/animated: png holds one picture"},
      {{{"frames", 3}}, "/frames: is for animated: true"},
      {{{"watermark", {{"opacity", 1}}}}, "/watermark/text: expected a text, or the bucket and key"},
      {{{"watermark", {{"text", "a"}, {"opacity", 2}}}}, "/watermark/opacity: expected a number from 0.0 to 1.0"},
      {{{"page", -1}}, "/page: expected a whole number"},
      {{{"alpha", "none"}}, "/alpha: expected one of keep, drop"},
      {{{"filter", "paeth"}, {"format", "png"}}, "/filter: expected one of auto, none, adaptive"},
      {{{"filter", "none"}, {"format", "jpeg"}}, "/filter: changes nothing of jpeg"},
      {{{"quality", 80}, {"format", "png"}}, "/quality: changes nothing of png without palette: true"},
      {{{"quality", 80}, {"format", "gif"}}, "/quality: changes nothing of gif"},
      {{{"quality", 80}, {"format", "avif"}, {"lossless", true}}, "/quality: changes nothing of lossless avif"},
      {{{"effort", 3}, {"format", "jpeg"}}, "/effort: changes nothing of jpeg"},
      {{{"lossless", true}, {"format", "png"}}, "/lossless: changes nothing of png"},
      {{{"progressive", true}, {"format", "webp"}}, "/progressive: changes nothing of webp"},
      {{{"subsampling", "4:4:4"}, {"format", "png"}}, "/subsampling: changes nothing of png"},
      {{{"palette", true}, {"format", "webp"}}, "/palette: changes nothing of webp"},
      {{{"background", "black"}, {"format", "png"}}, "/background: changes nothing"},
      {{{"background", "black"}, {"alpha", "drop"}}, "/background: changes nothing"},
      {{{"position", "north"}}, "/position: changes nothing"},
  };
  for (const auto& [more, expected] : cases) {
    Json options{{"width", 10}};
    options.update(more);
    const auto result = bench.run("image.resize", resize_request("photo.jpg", options));
    EXPECT_EQ(error_name(result), "Handler.InvalidArguments") << print_json(more);
    EXPECT_THAT(cause(result), HasSubstr(expected)) << print_json(more);
  }
}

TEST(ResizeOutput, WhatOutputsShareNeedNotMeanSomethingToEach) {
  Workbench bench;
  bench.objects.put("in", "photo.jpg", draw(".jpg"));
  const auto run = [&](const Json& more) {
    return bench.run("image.resize", resize_request("photo.jpg", more, "{width}.{ext}"));
  };
  const Json both{{{"width", 20}, {"format", "jpeg"}}, {{"width", 10}, {"format", "png"}}};
  EXPECT_EQ(error_name(run({{"quality", 70}, {"outputs", both}})), "none");
  const auto none = run({{"lossless", true}, {"outputs", both}});
  EXPECT_EQ(error_name(none), "Handler.InvalidArguments");
  EXPECT_THAT(cause(none), HasSubstr("/lossless: changes nothing"));
  const auto own = run({{"outputs", {{{"width", 20}, {"format", "png"}, {"quality", 70}}}}});
  EXPECT_THAT(cause(own), HasSubstr("/outputs/0: /quality: changes nothing"));
  // Where the format is left to the source, nobody can know.
  EXPECT_EQ(error_name(run({{"width", 20}, {"effort", 3}})), "none");
}

TEST(ResizeOutput, HowMuchDamageIsTakenCanBeSaid) {
  Workbench bench;
  const auto whole = paint_scenery(".jpg", 300, 200);
  bench.objects.put("in", "cut.jpg", whole.substr(0, whole.size() * 2 / 3));
  EXPECT_EQ(error_name(bench.run("image.resize", resize_request("cut.jpg", {{"width", 30}}))), "Image.Corrupt");
  EXPECT_EQ(error_name(bench.run("image.resize", resize_request("cut.jpg", {{"width", 30}, {"failOn", "none"}}))),
            "none");
}

}  // namespace
}  // namespace stepd::test
