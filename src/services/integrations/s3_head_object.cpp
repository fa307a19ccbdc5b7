// aws-sdk:s3:headObject: object.head.
// Source: S3 API reference, HeadObject.
#include "services/integrations/s3/s3_call.h"

#include <nlohmann/json.hpp>

namespace stepd::services::integrations {
namespace {

Result<HandlerCall> translate(tasks::Arguments& parameters) {
  return HandlerCall{"object.head", Payload(s3::place_of(parameters)), s3::head_of};
}

void start(const Workbench& bench, run::TaskCall call) { s3::call_object_handler(bench, std::move(call), translate); }

}  // namespace

extern const Integration s3_head_object{"aws-sdk:s3:headObject", start};

}  // namespace stepd::services::integrations
