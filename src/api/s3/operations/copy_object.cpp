// CopyObject: an object from another, or the same with other properties. The bytes pass through, so that their MD5 and
// checksum are known of the copy.
#include "api/s3/object_bytes.h"
#include "api/s3/object_properties.h"
#include "api/s3/s3_body.h"
#include "api/s3/s3_conditions.h"
#include "api/s3/xml_writer.h"
#include "base/encoding.h"

namespace stepd::api::s3 {
namespace {

enum class Directive : std::uint8_t { Copy, Replace };

S3Result<Directive> directive_of(const S3Call& call, std::string_view field) {
  const auto text = call.field(field);
  if (text.empty() || text == "COPY") return Directive::Copy;
  if (text == "REPLACE") return Directive::Replace;
  return invalid_argument("Unknown directive.", std::string(field), std::string(text));
}

/// What the copy has: the source's properties, or the request's.
S3Result<ObjectProperties> properties_of_copy(const S3Call& call, const ObjectStat& source) {
  STEPD_TRY(const auto metadata, directive_of(call, "x-amz-metadata-directive"));
  STEPD_TRY(const auto tagging, directive_of(call, "x-amz-tagging-directive"));
  STEPD_TRY(ObjectProperties asked, read_properties(call));
  ObjectProperties properties;
  if (metadata == Directive::Replace) {
    properties = asked;
  } else {
    properties.content_type = source.content_type;
    properties.metadata = source.metadata;
    properties.notes.fields = source.notes.fields;
  }
  properties.notes.tags = tagging == Directive::Replace ? asked.notes.tags : source.notes.tags;
  return properties;
}

S3Result<void> refuse_copy_onto_itself(const S3Call& call, const ObjectRef& source) {
  if (!(source == call.ref()) || call.field("x-amz-metadata-directive") == "REPLACE" ||
      call.has_field("x-amz-storage-class") || call.has_field("x-amz-server-side-encryption")) {
    return {};
  }
  return invalid_request(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's "
      "metadata, storage class, website redirect location or encryption attributes.");
}

S3Result<Response> run(const S3Call& call, const S3Context& context) {
  STEPD_CHECK(refuse_foreign_fields(call));
  STEPD_TRY(const ObjectRef source, copy_source(call));
  STEPD_CHECK(context.objects.bucket(call.bucket));
  STEPD_TRY(const auto reader, open_source(call, context, source));
  STEPD_CHECK(refuse_copy_onto_itself(call, source));
  const ObjectStat stat = reader->stat();
  STEPD_TRY(auto properties, properties_of_copy(call, stat));
  STEPD_TRY(auto algorithm, algorithm_of(call, "x-amz-checksum-algorithm"));
  if (algorithm.empty()) algorithm = stat.bytes.checksum ? stat.bytes.checksum->algorithm : "crc64nvme";
  if (stat.size_bytes > context.object_bytes_max)
    return invalid_request("The specified copy source is larger than the maximum allowable size for a copy source: " +
                           std::to_string(context.object_bytes_max));
  STEPD_TRY(ObjectCondition condition, write_condition(call));

  NewObject object;
  object.content_type = std::move(properties.content_type);
  object.metadata = std::move(properties.metadata);
  object.notes = std::move(properties.notes);
  object.condition = std::move(condition);
  object.lineage = call.caller;
  STEPD_TRY(const auto writer, context.objects.create(call.ref(), std::move(object)));
  const auto checksum = begin_checksum(algorithm);
  STEPD_CHECK(pump(*reader, {0, stat.size_bytes, false, 0, 0}, [&](std::string_view data) {
    if (checksum) checksum->add(data);
    return writer->write(data);
  }));
  ObjectBytes bytes;
  bytes.reason = "CopyObject";
  if (checksum) bytes.checksum = ObjectChecksum{algorithm, to_base64(checksum->finish()), false};
  writer->describe(bytes);
  const auto copied = writer->commit();
  if (!copied.has_value()) return condition_error(call, copied.error());

  XmlWriter xml("CopyObjectResult");
  xml.text("LastModified", xml_time(copied->modified)).text("ETag", quoted_etag(copied->etag));
  if (bytes.checksum) {
    xml.text("ChecksumType", "FULL_OBJECT").text("Checksum" + upper_name(algorithm), bytes.checksum->value);
  }
  return xml_response(xml.finish());
}

}  // namespace

extern const S3Operation kCopyObject{"CopyObject", "PUT", Level::Object, "", "x-amz-copy-source", without_body<run>};

}  // namespace stepd::api::s3
