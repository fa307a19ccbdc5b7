// image.labels: what is in a picture, in the shape in which Rekognition's DetectLabels answers. The picture is decoded
// where all pictures are; the network of the configuration then sees nothing but its samples.
#include "base/encoding.h"
#include "tasks/arguments.h"
#include "tasks/handler_factories.h"
#include "tasks/image/read_picture.h"
#include "tasks/labels/label_model.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

class ImageLabels final : public Handler {
 public:
  explicit ImageLabels(const Surroundings& surroundings)
      : objects_(surroundings.objects),
        limits_(surroundings.image_limits),
        workplace_(surroundings.workplace),
        model_(surroundings.label_model) {}

  TaskLane lane() const override { return TaskLane::Images; }

  Result<Json> invoke(const Invocation& invocation) override {
    Arguments arguments(invocation.event);
    const auto given = arguments.optional_text("bytes");
    ObjectRef source;
    if (!given) source = {arguments.text("bucket"), arguments.text("key")};
    const auto most = arguments.optional_integer("maxLabels", 1, 1'000);
    const auto least = arguments.optional_number("minConfidence", 0, 100);
    STEPD_CHECK(arguments.finish());
    if (model_ == nullptr) {
      return AslError{"Image.NoLabelModel",
                      "No network is configured that could name what is in a picture, nor a function. Name one in the "
                      "configuration: labels: { model: network.onnx, classes: names.txt } or labels: { function: NAME "
                      "}."};
    }
    const auto& options = model_->options();
    STEPD_TRY(const std::string bytes,
              given ? decoded(*given) : image::read_whole(objects_, source, limits_.max_bytes));
    const Payload job(Json{{"width", options.size}, {"height", options.size}});
    STEPD_TRY(const image::Work work, workplace_.perform({"samples", job, limits_, {bytes}}, invocation.stop));
    STEPD_TRY(const auto labels, model_->look_at(work.files.at(0)));

    Json found = Json::array();
    for (const auto& [name, confidence] : labels) {
      if (found.size() == static_cast<std::size_t>(most.value_or(options.top))) break;
      if (confidence < least.value_or(options.min_confidence)) break;
      found.push_back({{"Name", name}, {"Confidence", confidence}});
    }
    return Json{{"Labels", std::move(found)}, {"LabelModelVersion", options.model.stem().string()}};
  }

 private:
  Result<std::string> decoded(const std::string& base64) const {
    if (base64.size() / 4 * 3 > limits_.max_bytes + 3) {
      return AslError{"Image.TooLarge", "The picture has more than " + std::to_string(limits_.max_bytes) + " bytes."};
    }
    auto bytes = from_base64_leniently(base64);
    if (!bytes) return AslError{"Handler.InvalidArguments", "bytes: expected base64"};
    return *std::move(bytes);
  }

  const ObjectStore& objects_;
  const ImageLimits limits_;
  image::Workplace& workplace_;
  labels::LabelModel* const model_;
};

}  // namespace

std::unique_ptr<Handler> make_image_labels(const Surroundings& surroundings) {
  return std::make_unique<ImageLabels>(surroundings);
}

}  // namespace stepd::tasks
