// HeadObject: what GetObject answers, without the bytes.
#include "api/s3/object_answer.h"
#include "api/s3/s3_conditions.h"
#include "api/s3/s3_operation.h"

namespace stepd::api::s3 {
namespace {

S3Result<Response> run(const S3Call& call, const S3Context& context) {
  const auto stat = context.objects.head(call.ref());
  if (!stat.has_value()) {
    if (stat.error().name == "Object.NotFound") return no_such_key(call.key);
    return S3Error(stat.error());
  }
  STEPD_TRY(const auto verdict, check_read(call, *stat, context.clock.now()));
  STEPD_TRY(Response response, describe_object(call, *stat));
  if (verdict == ReadVerdict::NotModified) {
    response.status = 304;
    return response;
  }
  STEPD_TRY(const Extent extent, read_extent(call, *stat));
  add_extent(response, *stat, extent);
  add_checksum_if_asked(call, response, *stat, extent);
  response.source = announced_size(extent.count);
  return response;
}

}  // namespace

extern const S3Operation kHeadObject{"HeadObject", "HEAD", Level::Object, "", "", without_body<run>};

}  // namespace stepd::api::s3
