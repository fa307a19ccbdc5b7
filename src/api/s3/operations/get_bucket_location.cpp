// GetBucketLocation: the region, which us-east-1 leaves empty.
#include "api/s3/s3_operation.h"
#include "api/s3/xml_writer.h"

namespace stepd::api::s3 {
namespace {

S3Result<Response> run(const S3Call& call, const S3Context& context) {
  STEPD_CHECK(context.objects.bucket(call.bucket));
  XmlWriter xml("LocationConstraint");
  if (context.region != "us-east-1") xml.content(context.region);
  return xml_response(xml.finish());
}

}  // namespace

extern const S3Operation kGetBucketLocation{"GetBucketLocation", "GET", Level::Bucket,
                                            "location",          "",    without_body<run>};

}  // namespace stepd::api::s3
