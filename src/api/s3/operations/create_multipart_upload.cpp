// CreateMultipartUpload: everything but the bytes of the object to be.
#include "api/s3/checksum_join.h"
#include "api/s3/object_properties.h"
#include "api/s3/upload_call.h"

namespace stepd::api::s3 {
namespace {

S3Result<void> read_checksum(const S3Call& call, NewUpload& upload) {
  STEPD_TRY(upload.checksum_algorithm, algorithm_of(call, "x-amz-checksum-algorithm"));
  const auto type = call.field("x-amz-checksum-type");
  if (upload.checksum_algorithm.empty()) {
    if (type.empty()) return {};
    return invalid_request("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
  }
  if (!type.empty() && type != "COMPOSITE" && type != "FULL_OBJECT") {
    return invalid_request("Value for x-amz-checksum-type header is invalid.");
  }
  upload.composite = type.empty() ? upload.checksum_algorithm != "crc64nvme" : type == "COMPOSITE";
  return check_checksum_type(upload.checksum_algorithm, upload.composite);
}

S3Result<Response> run(const S3Call& call, const S3Context& context) {
  STEPD_CHECK(refuse_foreign_fields(call));
  STEPD_TRY(UploadStore * uploads, uploads_of(context));
  STEPD_TRY(auto properties, read_properties(call));
  NewUpload upload;
  upload.content_type = std::move(properties.content_type);
  upload.metadata = std::move(properties.metadata);
  upload.notes = std::move(properties.notes);
  STEPD_CHECK(read_checksum(call, upload));
  STEPD_TRY(const std::string id, uploads->begin(call.ref(), upload));

  XmlWriter xml("InitiateMultipartUploadResult");
  xml.text("Bucket", call.bucket).text("Key", call.key).text("UploadId", id);
  auto response = xml_response(xml.finish());
  if (!upload.checksum_algorithm.empty()) {
    response.fields.push_back({"x-amz-checksum-algorithm", upper_name(upload.checksum_algorithm)});
    response.fields.push_back({"x-amz-checksum-type", upload.composite ? "COMPOSITE" : "FULL_OBJECT"});
  }
  return response;
}

}  // namespace

extern const S3Operation kCreateMultipartUpload{"CreateMultipartUpload", "POST", Level::Object, "uploads", "",
                                                without_body<run>};

}  // namespace stepd::api::s3
