// CreateBucket: a folder of its own. Any region is taken, as there is one place only.
#include "api/s3/object_properties.h"
#include "api/s3/s3_operation.h"
#include "api/s3/xml_reader.h"

namespace stepd::api::s3 {
namespace {

constexpr std::size_t kConfigurationMax = 65'536;

S3Result<Response> run(const S3Call& call, const S3Context& context, const std::string& body) {
  if (!body.empty()) {
    const auto document = read_xml(body);
    if (!document.has_value() || document->name != "CreateBucketConfiguration") return malformed_xml();
  }
  const auto made = context.objects.make_bucket(call.bucket);
  if (!made.has_value()) {
    const auto& error = made.error();
    // Again by its owner: in us-east-1 a success, elsewhere a conflict.
    const bool again = error.name == "Object.BucketExists" && context.region == "us-east-1";
    if (error.name == "Object.InvalidBucketName") return S3Error(error).with("BucketName", call.bucket);
    if (!again) return S3Error(error).with("BucketName", call.bucket);
  }
  Response response;
  response.fields = {{"Location", "/" + call.bucket}, {"x-amz-bucket-arn", "arn:aws:s3:::" + call.bucket}};
  return response;
}

S3Result<S3Opened> open_create(const S3Call& call, const S3Context& context) {
  if (call.has_field("x-amz-bucket-object-lock-enabled") &&
      !equal_ignoring_case(call.field("x-amz-bucket-object-lock-enabled"), "false")) {
    return not_implemented("x-amz-bucket-object-lock-enabled");
  }
  STEPD_CHECK(refuse_foreign_fields(call));
  return take_whole_body(call, context, kConfigurationMax, run);
}

}  // namespace

extern const S3Operation kCreateBucket{"CreateBucket", "PUT", Level::Bucket, "", "", open_create};

}  // namespace stepd::api::s3
