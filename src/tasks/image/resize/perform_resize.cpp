// Bytes of a picture in, bytes of the pictures made of it out, with a description of each.
// Where they come from and go to is the handler's.
#include "tasks/image/performers.h"
#include "tasks/image/resize/resize.h"
#include "tasks/image/resize/resize_arguments.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::tasks::image {
namespace {

/// Per output the picture of its watermark: behind the source, in the order of watermark_objects().
std::vector<std::string_view> marks_of(const ResizeRequest& request, const Job& job) {
  const auto objects = watermark_objects(request);
  std::vector<std::string_view> marks;
  for (const auto& output : request.outputs) {
    const auto& mark = output.options.watermark;
    marks.emplace_back();
    if (!mark || mark->key.empty()) continue;
    const auto at = std::find(objects.begin(), objects.end(), ObjectRef{mark->bucket, mark->key}) - objects.begin();
    marks.back() = job.pictures.at(static_cast<std::size_t>(at) + 1);
  }
  return marks;
}

Json describe(const Resized& resized, const ResizePlan& plan) {
  Json described{{"width", resized.size.width}, {"height", resized.size.height}, {"format", plan.format->name}};
  if (resized.frames > 1) described["frames"] = resized.frames;
  if (plan.options->encoding.max_bytes && resized.file.quality > 0) described["quality"] = resized.file.quality;
  return described;
}

}  // namespace

Result<Work> perform_resize(const Job& job, const std::stop_token& stop) {
  STEPD_TRY(const ResizeRequest request, read_resize_request(job.arguments.json(), job.limits));
  std::vector<const ResizeOptions*> options;
  for (const auto& output : request.outputs) options.push_back(&output.options);
  STEPD_TRY(const Resizing resizing, plan_resize(job.pictures.front(), options, job.limits));
  STEPD_TRY(auto rendered, render(resizing, marks_of(request, job), job.limits, stop));
  auto& made = rendered.outputs;
  Work work;
  Json outputs = Json::array();
  for (std::size_t at = 0; at < made.size(); ++at) {
    outputs.push_back(describe(made[at], resizing.outputs[at]));
    work.files.push_back(std::move(made[at].file.bytes));
  }
  const auto& source = resizing.source;
  Json described{{"width", source.size.width}, {"height", source.size.height}, {"format", source.type->name}};
  if (!rendered.damage.empty()) described["damage"] = std::move(rendered.damage);
  work.answer = Payload(Json{{"outputs", std::move(outputs)}, {"source", std::move(described)}});
  return work;
}

}  // namespace stepd::tasks::image
