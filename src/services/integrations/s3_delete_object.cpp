// aws-sdk:s3:deleteObject: object.delete of one key; one that is not there is deleted with success.
// Source: S3 API reference, DeleteObject.
#include "services/integrations/s3/s3_call.h"

#include <nlohmann/json.hpp>

namespace stepd::services::integrations {
namespace {

Result<HandlerCall> translate(tasks::Arguments& parameters) {
  return HandlerCall{"object.delete", Payload(s3::place_of(parameters)), [](const Json&) { return Json::object(); }};
}

void start(const Workbench& bench, run::TaskCall call) { s3::call_object_handler(bench, std::move(call), translate); }

}  // namespace

extern const Integration s3_delete_object{"aws-sdk:s3:deleteObject", start};

}  // namespace stepd::services::integrations
