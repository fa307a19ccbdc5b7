// aws-sdk:s3:headObject: object.head.
// Source: S3 API reference, HeadObject.
#include "engine/run/integrations/s3/call.h"

#include <nlohmann/json.hpp>

namespace stepd::run::integrations {
namespace {

Result<HandlerCall> translate(tasks::Arguments& parameters) {
  return HandlerCall{"object.head", Payload(s3::place_of(parameters)), s3::head_of};
}

void start(const Workbench& bench, TaskCall call) { s3::call_object_handler(bench, std::move(call), translate); }

}  // namespace

extern const Integration s3_head_object{"aws-sdk:s3:headObject", start};

}  // namespace stepd::run::integrations
