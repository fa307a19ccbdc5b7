// image.labels with a network that tells red from green from blue.
#include "handler_fixture.h"
#include "network.h"
#include "pictures.h"
#include "tasks/labels/label_model.h"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using tasks::labels::Label;
using tasks::labels::LabelOptions;
using testing::HasSubstr;

const std::vector<std::vector<float>> kColours{{4, 0, 0}, {0, 4, 0}, {0, 0, 4}};

class ImageLabels : public testing::Test {
 protected:
  ImageLabels() {
    options.model = write("colours-v1.onnx", averaging_network(8, kColours));
    options.classes = write("names.txt", "red thing\r\ngreen thing\nblue thing\n\n");
    options.size = 8;
    options.mean = {0, 0, 0};
    options.deviation = {255, 255, 255};
    options.min_confidence = 0;
  }

  std::filesystem::path write(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories(files.folder);
    std::ofstream(files.folder / name, std::ios::binary) << content;
    return files.folder / name;
  }

  std::vector<Label> look(std::initializer_list<int> pixel) const {
    std::string samples;
    while (samples.size() < std::size_t{3} * options.size * options.size) {
      for (const int sample : pixel) samples += static_cast<char>(sample);
    }
    return tasks::labels::load_label_model(options)->look_at(samples).value();
  }

  Result<Json> label(const std::string& bytes, Json event = Json::object()) const {
    const auto model = tasks::labels::load_label_model(options);
    Workbench bench({}, model.get());
    bench.objects.put("in", "photo", bytes);
    event.update(Json{{"bucket", "in"}, {"key", "photo"}});
    return bench.run("image.labels", event);
  }

  std::string fault() const {
    try {
      tasks::labels::load_label_model(options);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "none";
  }

  Workbench files;
  LabelOptions options;
};

TEST_F(ImageLabels, NamesWhatTheNetworkSees) {
  const auto labels = look({0, 255, 0});
  ASSERT_EQ(labels.size(), 3u);
  EXPECT_EQ(labels[0].name, "green thing");
  // Softmax of 4, 0, 0.
  EXPECT_NEAR(labels[0].confidence, 100 * std::exp(4) / (std::exp(4) + 2), 1e-3);
  EXPECT_EQ(look({255, 0, 0})[0].name, "red thing");
  EXPECT_EQ(look({0, 0, 255})[0].name, "blue thing");
}

TEST_F(ImageLabels, AnswersAsRekognitionDoes) {
  for (const char* suffix : {".png", ".jpg", ".webp", ".tif"}) {
    // Grey, so that no colour is likelier than another.
    const auto result = label(draw(suffix, {.bands = 1}));
    ASSERT_EQ(error_name(result), "none") << cause(result);
    EXPECT_EQ(result->at("LabelModelVersion"), "colours-v1");
    ASSERT_EQ(result->at("Labels").size(), 3u);
    for (const auto& each : result->at("Labels")) EXPECT_NEAR(each.at("Confidence").get<double>(), 33.33, 0.1);
  }
}

TEST_F(ImageLabels, SeesWhiteWhereAPictureIsTransparent) {
  options.scores = tasks::labels::Scores::Probabilities;
  // Red and blue on the left, and nothing on the right: three quarters of red and of blue, half of green, each times
  // four. Kernels ring at edges.
  const auto half = label(draw(".png", {.width = 64, .height = 64, .bands = 4}));
  ASSERT_EQ(error_name(half), "none") << cause(half);
  const std::map<std::string, double> expected{{"red thing", 300}, {"green thing", 200}, {"blue thing", 300}};
  for (const auto& each : half->at("Labels")) {
    EXPECT_NEAR(each.at("Confidence").get<double>(), expected.at(each.at("Name").get<std::string>()), 20) << each;
  }
}

TEST_F(ImageLabels, KeepsToWhatIsAskedFor) {
  const auto picture = draw(".png");
  EXPECT_EQ(label(picture, {{"maxLabels", 2}})->at("Labels").size(), 2u);
  EXPECT_EQ(label(picture, {{"minConfidence", 90}})->at("Labels").size(), 0u);
  options.top = 1;
  EXPECT_EQ(label(picture)->at("Labels").size(), 1u);
  EXPECT_EQ(label(picture, {{"maxLabels", 3}})->at("Labels").size(), 3u);
  options.min_confidence = 90;
  EXPECT_EQ(label(picture)->at("Labels").size(), 0u);
  EXPECT_EQ(error_name(label(picture, {{"minConfidence", 101}})), "Handler.InvalidArguments");
}

TEST_F(ImageLabels, PreparesSamplesAsTheNetworkWantsThem) {
  options.blue_first = true;
  EXPECT_EQ(look({255, 0, 0})[0].name, "blue thing");
  options.blue_first = false;
  // The mean and deviation of the first channel alone make grey green.
  options.mean = {128, 0, 0};
  options.deviation = {255, 128, 255};
  const auto labels = look({128, 128, 128});
  EXPECT_EQ(labels[0].name, "green thing");
  EXPECT_NEAR(labels[0].confidence, 100 * std::exp(4) / (std::exp(4) + std::exp(2.00784) + 1), 1e-2);
}

TEST_F(ImageLabels, ReadsScoresAsTheConfigurationSays) {
  options.scores = tasks::labels::Scores::Independent;
  EXPECT_NEAR(look({255, 255, 0})[0].confidence, 100 / (1 + std::exp(-4)), 1e-3);
  EXPECT_NEAR(look({255, 255, 0})[2].confidence, 50, 1e-3);
  options.scores = tasks::labels::Scores::Probabilities;
  EXPECT_NEAR(look({51, 0, 0})[0].confidence, 80, 1e-3);
}

TEST_F(ImageLabels, SaysWhatDoesNotFitBeforeAnyPictureComes) {
  options.classes = write("two.txt", "red\ngreen\n");
  EXPECT_THAT(fault(), HasSubstr("it answers 3 numbers, but " + options.classes.string() + " names 2 classes"));
  options.classes = files.folder / "nowhere.txt";
  EXPECT_THAT(fault(), HasSubstr("nowhere.txt cannot be read"));
  options.classes = files.folder / "names.txt";
  options.model = write("broken.onnx", averaging_network(8, kColours).substr(0, 60));
  EXPECT_THAT(fault(), HasSubstr("broken.onnx cannot be used"));
  options.model = files.folder / "nowhere.onnx";
  EXPECT_THAT(fault(), HasSubstr("nowhere.onnx cannot be used"));
}

TEST_F(ImageLabels, WithoutANetworkSayHowToNameOne) {
  files.objects.put("in", "photo", draw(".png"));
  const auto result = files.run("image.labels", R"({"bucket": "in", "key": "photo"})");
  EXPECT_EQ(error_name(result), "Image.NoLabelModel");
  EXPECT_THAT(cause(result), HasSubstr("labels: { model: network.onnx, classes: names.txt }"));
}

TEST_F(ImageLabels, OfWhatIsNoPictureAreNamedErrors) {
  EXPECT_EQ(error_name(label("Dear diary")), "Image.UnsupportedType");
  EXPECT_EQ(error_name(label(png_claiming(50'000, 50'000))), "Image.TooManyPixels");
}

}  // namespace
}  // namespace stepd::test
