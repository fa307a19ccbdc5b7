// Which integrations there are, and what they share.
#include "base/payload.h"
#include "engine/run/integrations.h"
#include "engine/run/uuid.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace stepd::run {
namespace integrations {

extern const Integration lambda_invoke;
extern const Integration sns_publish;

}  // namespace integrations

const Integration* find_integration(std::string_view resource) {
  static const std::array kAll{
      &integrations::lambda_invoke,
      &integrations::sns_publish,
  };
  const auto found =
      std::find_if(kAll.begin(), kAll.end(), [&](const auto* each) { return each->resource == resource; });
  return found == kAll.end() ? nullptr : *found;
}

void Workbench::run(TaskCall call, tasks::Handler& handler, Payload event, Shape shape) const {
  auto done = [done = std::move(call.done), shape = std::move(shape)](Result<Json> result) {
    done(shape(std::move(result)));
  };
  pool.submit({handler, std::move(event), std::move(call.attempt), std::move(call.started), std::move(done)});
}

Json with_sdk_metadata(Json members, std::string_view content_type, std::size_t content_length) {
  const auto id = make_uuid();
  const auto length = std::to_string(content_length);
  members["SdkHttpMetadata"] = Json{
      {"AllHttpHeaders", {{"x-amzn-RequestId", {id}}, {"Content-Length", {length}}, {"Content-Type", {content_type}}}},
      {"HttpHeaders", {{"Content-Length", length}, {"Content-Type", content_type}, {"x-amzn-RequestId", id}}},
      {"HttpStatusCode", 200}};
  members["SdkResponseMetadata"] = Json{{"RequestId", id}};
  return members;
}

}  // namespace stepd::run
