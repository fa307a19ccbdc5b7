// image.metadata: what a picture of a bucket says of itself. It fetches the bytes and hands them to whoever reads
// them.
#include "tasks/handler_factories.h"
#include "tasks/image/metadata/metadata_arguments.h"
#include "tasks/image/read_picture.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

class ImageMetadata final : public Handler {
 public:
  explicit ImageMetadata(const Surroundings& surroundings)
      : objects_(surroundings.objects), limits_(surroundings.image_limits), workplace_(surroundings.workplace) {}

  TaskLane lane() const override { return TaskLane::Images; }

  Result<Json> invoke(const Invocation& invocation) override {
    STEPD_TRY(const auto request, image::read_metadata_request(invocation.event));
    STEPD_TRY(const std::string bytes, image::read_whole(objects_, request.source, limits_.max_bytes));
    STEPD_TRY(const image::Work work,
              workplace_.perform({"metadata", Payload(invocation.event), limits_, {bytes}}, invocation.stop));
    return work.answer.json();
  }

 private:
  const ObjectStore& objects_;
  const ImageLimits limits_;
  image::Workplace& workplace_;
};

}  // namespace

std::unique_ptr<Handler> make_image_metadata(const Surroundings& surroundings) {
  return std::make_unique<ImageMetadata>(surroundings);
}

}  // namespace stepd::tasks
