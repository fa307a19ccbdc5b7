// UploadPartCopy: a part from the bytes of an object.
#include "api/s3/object_bytes.h"
#include "api/s3/upload_call.h"
#include "api/s3/xml_writer.h"
#include "base/encoding.h"

#include <charconv>

namespace stepd::api::s3 {
namespace {

/// `bytes=FIRST-LAST`, both within the source.
S3Result<Extent> read_source_range(const S3Call& call, std::uint64_t size) {
  const auto field = call.field("x-amz-copy-source-range");
  if (field.empty()) return Extent{0, size, false, 0, 0};
  const auto invalid = invalid_argument(
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based "
      "offsets of the first and last bytes to copy",
      "x-amz-copy-source-range", std::string(field));
  if (!field.starts_with("bytes=")) return invalid;
  const auto* end = field.data() + field.size();
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  const auto [dash, first_error] = std::from_chars(field.data() + 6, end, first);
  if (first_error != std::errc{} || dash == end || *dash != '-') return invalid;
  const auto [rest, last_error] = std::from_chars(dash + 1, end, last);
  if (last_error != std::errc{} || rest != end || last < first) return invalid;
  if (last >= size) {
    return invalid_argument("Range specified is not valid for source object of size: " + std::to_string(size),
                            "x-amz-copy-source-range", std::string(field));
  }
  return Extent{first, last - first + 1, true, 0, 0};
}

S3Result<Response> run(const S3Call& call, const S3Context& context) {
  STEPD_TRY(const unsigned number, part_number(call));
  STEPD_TRY(const UploadStat upload, find_upload(call, context));
  STEPD_TRY(const ObjectRef source, copy_source(call));
  STEPD_TRY(const auto reader, open_source(call, context, source));
  STEPD_TRY(const Extent extent, read_source_range(call, reader->stat().size_bytes));
  if (extent.count > context.object_bytes_max) return S3Error(400, "EntityTooLarge", "The part is too large.");

  auto writer = context.uploads->write_part(call.ref(), upload.id, number);
  if (!writer.has_value()) return upload_error(call, writer.error());
  const auto algorithm = kept_algorithm(upload.upload);
  const auto checksum = begin_checksum(algorithm);
  STEPD_CHECK(pump(*reader, extent, [&](std::string_view data) {
    if (checksum) checksum->add(data);
    return (*writer)->write(data);
  }));
  const auto part = (*writer)->commit(checksum ? to_base64(checksum->finish()) : "");
  if (!part.has_value()) return upload_error(call, part.error());

  XmlWriter xml("CopyPartResult");
  xml.text("LastModified", xml_time(part->modified)).text("ETag", quoted_etag(part->md5));
  if (!upload.upload.checksum_algorithm.empty()) xml.text("Checksum" + upper_name(algorithm), part->checksum);
  return xml_response(xml.finish());
}

}  // namespace

extern const S3Operation kUploadPartCopy{"UploadPartCopy", "PUT", Level::Object, "uploadId", "x-amz-copy-source",
                                         without_body<run>};

}  // namespace stepd::api::s3
