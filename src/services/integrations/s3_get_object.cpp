// aws-sdk:s3:getObject: object.get, whose text becomes Body; what is no UTF-8 or larger than an output fails.
// Source: S3 API reference, GetObject. No Range, no version.
#include "services/integrations/s3/s3_call.h"

#include <nlohmann/json.hpp>

namespace stepd::services::integrations {
namespace {

Json shape(const Json& result) {
  Json members = s3::head_of(result);
  members["Body"] = result.at("text");
  return members;
}

Result<HandlerCall> translate(tasks::Arguments& parameters) {
  return HandlerCall{"object.get", Payload(s3::place_of(parameters)), shape};
}

void start(const Workbench& bench, run::TaskCall call) { s3::call_object_handler(bench, std::move(call), translate); }

}  // namespace

extern const Integration s3_get_object{"aws-sdk:s3:getObject", start};

}  // namespace stepd::services::integrations
