// DeleteBucket: of a bucket that was made by CreateBucket and is empty.
#include "api/s3/s3_operation.h"

namespace stepd::api::s3 {
namespace {

S3Result<Response> run(const S3Call& call, const S3Context& context) {
  const auto removed = context.objects.remove_bucket(call.bucket);
  if (!removed.has_value()) return S3Error(removed.error()).with("BucketName", call.bucket);
  Response response;
  response.status = 204;
  return response;
}

}  // namespace

extern const S3Operation kDeleteBucket{"DeleteBucket", "DELETE", Level::Bucket, "", "", without_body<run>};

}  // namespace stepd::api::s3
