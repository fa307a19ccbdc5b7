// DeleteObject: 204, whether or not the object was there.
#include "api/s3/object_properties.h"
#include "api/s3/s3_conditions.h"
#include "api/s3/s3_operation.h"

namespace stepd::api::s3 {
namespace {

S3Result<Response> run(const S3Call& call, const S3Context& context) {
  STEPD_CHECK(refuse_foreign_fields(call));
  STEPD_TRY(const ObjectCondition condition, delete_condition(call));
  const auto removed = context.objects.remove(call.ref(), condition);
  if (!removed.has_value()) return condition_error(call, removed.error());
  Response response;
  response.status = 204;
  return response;
}

}  // namespace

extern const S3Operation kDeleteObject{"DeleteObject", "DELETE", Level::Object, "", "", without_body<run>};

}  // namespace stepd::api::s3
