// ListParts: the parts of an open upload, by number.
#include "api/s3/key_listing.h"
#include "api/s3/object_answer.h"
#include "api/s3/upload_call.h"
#include "base/limits.h"

#include <algorithm>

namespace stepd::api::s3 {
namespace {

S3Result<Response> run(const S3Call& call, const S3Context& context) {
  STEPD_TRY(const auto asked, number_parameter(call, "max-parts", limits::kPageMax));
  STEPD_TRY(const auto after, number_parameter(call, "part-number-marker", 0));
  const auto most = std::min<std::uint32_t>(asked, limits::kPageMax);
  STEPD_TRY(const UploadStat upload, find_upload(call, context));
  auto stored = context.uploads->parts(call.ref(), upload.id);
  if (!stored.has_value()) return upload_error(call, stored.error());
  auto& parts = *stored;
  std::erase_if(parts, [&](const UploadPart& part) { return part.number <= after; });
  const bool truncated = parts.size() > most;
  if (truncated) parts.resize(most);

  XmlWriter xml("ListPartsResult");
  xml.text("Bucket", call.bucket).text("Key", call.key).text("UploadId", upload.id);
  xml.number("PartNumberMarker", after).number("NextPartNumberMarker", parts.empty() ? 0 : parts.back().number);
  xml.number("MaxParts", most).flag("IsTruncated", truncated);
  const auto& algorithm = upload.upload.checksum_algorithm;
  for (const auto& part : parts) {
    xml.open("Part").number("PartNumber", part.number).text("LastModified", xml_time(part.modified));
    xml.text("ETag", quoted_etag(part.md5)).number("Size", part.size_bytes);
    if (!algorithm.empty() && !part.checksum.empty()) xml.text("Checksum" + upper_name(algorithm), part.checksum);
    xml.close();
  }
  write_owner(xml, context.owner, "Initiator");
  write_owner(xml, context.owner);
  xml.text("StorageClass", "STANDARD");
  write_checksum_kind(xml, upload.upload);
  return xml_response(xml.finish());
}

}  // namespace

extern const S3Operation kListParts{"ListParts", "GET", Level::Object, "uploadId", "", without_body<run>};

}  // namespace stepd::api::s3
