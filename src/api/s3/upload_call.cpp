#include "api/s3/upload_call.h"

#include <charconv>

namespace stepd::api::s3 {

S3Result<UploadStore*> uploads_of(const S3Context& context) {
  if (context.uploads == nullptr) return not_implemented("?uploads");
  return context.uploads;
}

S3Error upload_error(const S3Call& call, const AslError& error) {
  if (error.name == "Object.NoSuchUpload") return no_such_upload(call.parameter("uploadId").value_or(""));
  if (error.name == "Object.NoSuchBucket") return no_such_bucket(call.bucket);
  return error;
}

S3Result<UploadStat> find_upload(const S3Call& call, const S3Context& context) {
  STEPD_TRY(const UploadStore* uploads, uploads_of(context));
  auto found = uploads->find(call.ref(), call.parameter("uploadId").value_or(""));
  if (!found.has_value()) return upload_error(call, found.error());
  return *std::move(found);
}

S3Result<unsigned> part_number(const S3Call& call) {
  const auto text = call.parameter("partNumber").value_or("");
  unsigned number = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || rest != end || number == 0 || number > limits::kUploadParts) {
    return invalid_argument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", text);
  }
  return number;
}

std::string kept_algorithm(const NewUpload& upload) {
  return upload.checksum_algorithm.empty() ? "crc64nvme" : upload.checksum_algorithm;
}

void write_checksum_kind(XmlWriter& xml, const NewUpload& upload) {
  if (upload.checksum_algorithm.empty()) return;
  xml.text("ChecksumAlgorithm", upper_name(upload.checksum_algorithm));
  xml.text("ChecksumType", upload.composite ? "COMPOSITE" : "FULL_OBJECT");
}

}  // namespace stepd::api::s3
