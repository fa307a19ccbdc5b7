// Bytes of a picture in, bytes of the pictures made of it out, with a description of each.
// Where they come from and go to is the handler's.
#include "tasks/image/performers.h"
#include "tasks/image/resize.h"
#include "tasks/image/resize_arguments.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks::image {

Result<Work> perform_resize(const Job& job, const std::stop_token& stop) {
  STEPD_TRY(const ResizeRequest request, read_resize_request(job.arguments.value(), job.limits));
  STEPD_TRY(const ResizePlan plan, plan_resize(job.pictures.front(), request.options, job.limits));
  STEPD_TRY(std::string encoded, render(plan, stop));
  Json outputs = Json::array({Json{
      {"width", plan.geometry.canvas.width},
      {"height", plan.geometry.canvas.height},
      {"format", plan.format->name},
  }});
  Json source{
      {"width", plan.source.size.width}, {"height", plan.source.size.height}, {"format", plan.source.type->name}};
  Work work{Payload(Json{{"outputs", std::move(outputs)}, {"source", std::move(source)}}), {}};
  work.files.push_back(std::move(encoded));
  return work;
}

}  // namespace stepd::tasks::image
