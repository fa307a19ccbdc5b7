// DeleteObjects: up to 1,000 keys of one document.
#include "api/s3/s3_conditions.h"
#include "api/s3/s3_operation.h"
#include "api/s3/xml_reader.h"
#include "api/s3/xml_writer.h"

namespace stepd::api::s3 {
namespace {

constexpr std::size_t kKeysMax = 1'000;
constexpr std::size_t kDocumentMax = std::size_t{8} << 20;  // 1,000 keys, every byte of them a reference

void remove_one(const S3Call& call, const S3Context& context, const XmlElement& object, bool quiet, XmlWriter& xml) {
  const auto key = object.text_of("Key");
  const auto version = object.text_of("VersionId");
  const auto etag = object.text_of("ETag");
  std::optional<S3Error> error;
  if (!version.empty() && version != "null") {
    error = S3Error(400, "NoSuchVersion", "The specified version does not exist.");
  } else {
    const auto removed = context.objects.remove({call.bucket, key},
                                                etag.empty() ? ObjectCondition() : etag_condition(etag, Absent::Holds));
    if (!removed.has_value()) error = condition_error(call, removed.error());
  }
  if (!error) {
    if (quiet) return;
    xml.open("Deleted").text("Key", key);
    if (!version.empty()) xml.text("VersionId", version);
    xml.close();
    return;
  }
  xml.open("Error").text("Key", key);
  if (!version.empty()) xml.text("VersionId", version);
  xml.text("Code", error->code).text("Message", error->message).close();
}

S3Result<Response> run(const S3Call& call, const S3Context& context, const std::string& body) {
  const auto document = read_xml(body);
  if (!document.has_value() || document->name != "Delete") return malformed_xml();
  std::size_t count = 0;
  for (const auto& object : document->children) {
    if (object.name != "Object") continue;
    if (++count > kKeysMax || object.text_of("Key").empty()) return malformed_xml();
  }
  if (count == 0) return malformed_xml();
  STEPD_CHECK(context.objects.bucket(call.bucket));
  const bool quiet = document->text_of("Quiet") == "true";
  XmlWriter xml("DeleteResult");
  for (const auto& object : document->children) {
    if (object.name == "Object") remove_one(call, context, object, quiet, xml);
  }
  return xml_response(xml.finish());
}

bool has_checksum(const S3Call& call) {
  if (call.has_field("content-md5") || call.has_field("x-amz-trailer")) return true;
  for (const Field& field : call.request.fields) {
    const auto name = to_lower(field.name);
    if (name.starts_with("x-amz-checksum-")) return true;
  }
  return false;
}

S3Result<S3Opened> open_delete(const S3Call& call, const S3Context& context) {
  if (!has_checksum(call)) {
    return invalid_request("Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
  }
  return take_whole_body(call, context, kDocumentMax, run);
}

}  // namespace

extern const S3Operation kDeleteObjects{"DeleteObjects", "POST", Level::Bucket, "delete", "", open_delete};

}  // namespace stepd::api::s3
