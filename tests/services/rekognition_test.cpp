// Rekognition's DetectLabels as Task states call it: image.labels in AWS's words.
#include "services/service_bench.h"

#include <gmock/gmock.h>

namespace stepd::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

constexpr const char* kDetect = "aws-sdk:rekognition:detectLabels";
constexpr const char* kPhoto = R"({"Image": {"S3Object": {"Bucket": "inbox", "Name": "a b.jpg"}}})";

/// In image.labels' place.
class Labeller final : public tasks::Handler {
 public:
  Result<Json> invoke(const tasks::Invocation& call) override {
    asked = call.event;
    return answer;
  }
  Json asked;
  Result<Json> answer = Json::parse(R"({"Labels": [{"Name": "Cat", "Confidence": 97.5},
    {"Name": "Sofa", "Confidence": 61, "Parents": [{"Name": "Furniture"}]}], "LabelModelVersion": "cats-v1"})");
};

class Rekognition : public ServiceBench {
 protected:
  void label_with(Result<Json> answer) {
    auto labeller = std::make_unique<Labeller>();
    labeller_ = labeller.get();
    if (!answer || !answer->is_null()) labeller->answer = std::move(answer);
    handlers_["image.labels"] = std::move(labeller);
  }
  Labeller* labeller_ = nullptr;
};

TEST_F(Rekognition, DetectLabelsAsksImageLabelsAndAnswersAsTheSdkDoes) {
  label_with(Json());
  EXPECT_EQ(answer(kDetect, kPhoto), Json::parse(R"({"Labels": [
    {"Name": "Cat", "Confidence": 97.5, "Aliases": [], "Categories": [], "Instances": [], "Parents": []},
    {"Name": "Sofa", "Confidence": 61, "Parents": [{"Name": "Furniture"}], "Aliases": [], "Categories": [],
     "Instances": []}], "LabelModelVersion": "cats-v1"})"));
  EXPECT_EQ(labeller_->asked, Json::parse(R"({"bucket": "inbox", "key": "a b.jpg"})"));
  answer(kDetect, R"({"Image": {"S3Object": {"Bucket": "inbox", "Name": "k"}}, "MaxLabels": 5, "MinConfidence": 70.5,
                      "Features": ["GENERAL_LABELS"]})");
  EXPECT_EQ(labeller_->asked, Json::parse(R"({"bucket": "inbox", "key": "k", "maxLabels": 5, "minConfidence": 70.5})"));
}

TEST_F(Rekognition, APictureMayBeInTheRequest) {
  label_with(Json());
  answer(kDetect, R"({"Image": {"Bytes": "AQI="}, "MaxLabels": 1})");
  EXPECT_EQ(labeller_->asked, Json::parse(R"({"bytes": "AQI=", "maxLabels": 1})"));
  const auto refused = error(kDetect, R"({"Image": {"Bytes": ")" + std::string(7'000'000, 'A') + R"("}})");
  EXPECT_EQ(refused.name, "Rekognition.ImageTooLargeException");
}

TEST_F(Rekognition, NamesErrorsAsTheSdkDoes) {
  const std::pair<const char*, const char*> names[] = {
      {"Object.NotFound", "Rekognition.InvalidS3ObjectException"},
      {"Object.NoSuchBucket", "Rekognition.InvalidS3ObjectException"},
      {"Image.UnsupportedType", "Rekognition.InvalidImageFormatException"},
      {"Image.TooManyPixels", "Rekognition.ImageTooLargeException"},
      {"Handler.InvalidArguments", "Rekognition.InvalidParameterException"},
      {"Image.DecoderCrashed", "Image.DecoderCrashed"},
  };
  for (const auto& [ours, name] : names) {
    label_with(AslError{ours, "because"});
    EXPECT_EQ(error(kDetect, kPhoto).name, name);
  }
}

TEST_F(Rekognition, TellsOfTheRealHandlersErrors) {
  // The bench configures no network.
  EXPECT_EQ(error(kDetect, kPhoto).name, "Image.NoLabelModel");
  const auto range =
      error(kDetect, R"({"Image": {"S3Object": {"Bucket": "inbox", "Name": "k"}}, "MinConfidence": 101})");
  EXPECT_EQ(range.name, "Rekognition.InvalidParameterException");
  EXPECT_THAT(range.cause, ContainsRegex("/minConfidence: .*\\(Service: Rekognition, Status Code: 400, Request ID: "
                                         "[-0-9a-f]{36}\\)$"));
}

TEST_F(Rekognition, NamesWrongParameters) {
  const std::pair<const char*, const char*> faults[] = {
      {"{}", "/Image: missing"},
      {R"({"Image": {"Bytes": 7}})", "/Image/Bytes"},
      {R"({"Image": {"Bytes": "aGVsbG8=", "S3Object": {"Bucket": "b", "Name": "k"}}})", "/Image/S3Object: unknown"},
      {R"({"Image": {"S3Object": {"Bucket": "inbox"}}})", "/Image/S3Object/Name: missing"},
      {R"({"Image": {"S3Object": {"Bucket": "b", "Name": "k"}}, "Features": ["IMAGE_PROPERTIES"]})", "/Features"},
  };
  for (const auto& [parameters, cause] : faults) {
    const auto found = error(kDetect, parameters);
    EXPECT_EQ(found.name, "States.Runtime") << parameters;
    EXPECT_THAT(found.cause, HasSubstr(cause));
  }
}

}  // namespace
}  // namespace stepd::test
