// HeadBucket: whether there is such a bucket.
#include "api/s3/s3_operation.h"

namespace stepd::api::s3 {
namespace {

S3Result<Response> run(const S3Call& call, const S3Context& context) {
  STEPD_CHECK(context.objects.bucket(call.bucket));
  Response response;
  response.fields = {{"x-amz-bucket-region", context.region},
                     {"x-amz-bucket-arn", "arn:aws:s3:::" + call.bucket},
                     {"x-amz-access-point-alias", "false"},
                     {"Content-Type", "application/xml"}};
  return response;
}

}  // namespace

extern const S3Operation kHeadBucket{"HeadBucket", "HEAD", Level::Bucket, "", "", without_body<run>};

}  // namespace stepd::api::s3
