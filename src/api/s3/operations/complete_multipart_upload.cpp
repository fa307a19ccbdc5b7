// CompleteMultipartUpload: the parts become one object, at once.
#include "api/s3/checksum_join.h"
#include "api/s3/object_answer.h"
#include "api/s3/s3_conditions.h"
#include "api/s3/upload_call.h"
#include "api/s3/xml_reader.h"
#include "base/encoding.h"

#include <charconv>
#include <map>

namespace stepd::api::s3 {
namespace {

constexpr std::size_t kDocumentMax = std::size_t{8} << 20;

struct NamedPart {
  unsigned number = 0;
  std::string etag;                              ///< bare
  std::map<std::string, std::string> checksums;  ///< by algorithm
};

std::string bare(std::string text) {
  std::erase(text, '"');
  return text;
}

S3Result<std::vector<NamedPart>> read_parts(const std::string& body) {
  const auto document = read_xml(body);
  if (!document.has_value() || document->name != "CompleteMultipartUpload") return malformed_xml();
  std::vector<NamedPart> parts;
  for (const auto& element : document->children) {
    if (element.name != "Part") continue;
    NamedPart part;
    const auto number = element.text_of("PartNumber");
    const auto* end = number.data() + number.size();
    const auto [rest, error] = std::from_chars(number.data(), end, part.number);
    if (error != std::errc{} || rest != end || element.child("ETag") == nullptr) return malformed_xml();
    part.etag = bare(element.text_of("ETag"));
    for (const auto& child : element.children) {
      if (child.name.starts_with("Checksum")) part.checksums[to_lower(child.name.substr(8))] = child.text;
    }
    parts.push_back(std::move(part));
  }
  if (parts.empty()) return invalid_request("You must specify at least one part");
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i].number <= parts[i - 1].number) {
      return S3Error(400, "InvalidPartOrder",
                     "The list of parts was not in ascending order. Parts must be ordered by part number.");
    }
  }
  return parts;
}

S3Error invalid_part(const S3Call& call, const NamedPart& part) {
  return S3Error(400, "InvalidPart",
                 "One or more of the specified parts could not be found.  The part may not have been uploaded, or the "
                 "specified entity tag may not match the part's entity tag.")
      .with("UploadId", call.parameter("uploadId").value_or(""))
      .with("PartNumber", std::to_string(part.number))
      .with("ETag", part.etag);
}

/// The stored parts that are named, each as it was named.
S3Result<std::vector<UploadPart>> choose_parts(const S3Call& call, const UploadStat& upload,
                                               const std::vector<NamedPart>& named,
                                               const std::vector<UploadPart>& stored) {
  const auto& algorithm = upload.upload.checksum_algorithm;
  std::vector<UploadPart> chosen;
  std::size_t next = 0;
  for (const auto& part : named) {
    while (next < stored.size() && stored[next].number < part.number) ++next;
    if (next == stored.size() || stored[next].number != part.number || stored[next].md5 != part.etag) {
      return invalid_part(call, part);
    }
    for (const auto& [name, value] : part.checksums) {
      if (name != algorithm || value != stored[next].checksum) return invalid_part(call, part);
    }
    if (upload.upload.composite && part.checksums.empty()) {
      return invalid_request("The upload was created using a " + algorithm +
                             " checksum. The complete request must include the checksum for each part. It was missing "
                             "for part " +
                             std::to_string(part.number) + " in the request.");
    }
    chosen.push_back(stored[next]);
  }
  for (std::size_t i = 0; i + 1 < chosen.size(); ++i) {
    if (chosen[i].size_bytes >= limits::kUploadPartBytesMin) continue;
    return S3Error(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
        .with("ProposedSize", std::to_string(chosen[i].size_bytes))
        .with("MinSizeAllowed", std::to_string(limits::kUploadPartBytesMin))
        .with("PartNumber", std::to_string(chosen[i].number))
        .with("ETag", chosen[i].md5);
  }
  return chosen;
}

S3Result<ObjectChecksum> checksum_of_whole(const S3Call& call, const NewUpload& upload,
                                           const std::vector<UploadPart>& parts) {
  const auto type = call.field("x-amz-checksum-type");
  const char* own = upload.composite ? "COMPOSITE" : "FULL_OBJECT";
  if (!type.empty() && !upload.checksum_algorithm.empty() && type != own) {
    return invalid_request("The upload was created using the " + std::string(own) +
                           " checksum mode. The complete request must use the same checksum mode.");
  }
  const auto algorithm = kept_algorithm(upload);
  std::vector<PartChecksum> sums;
  for (const auto& part : parts) sums.push_back({from_base64(part.checksum).value_or(""), part.size_bytes});
  ObjectChecksum checksum{algorithm, "", upload.composite};
  checksum.value = upload.composite ? composite_checksum(algorithm, sums) : to_base64(join_crcs(algorithm, sums));
  const auto expected = call.field("x-amz-checksum-" + algorithm);
  const auto bare_value = checksum.value.substr(0, checksum.value.find('-'));
  if (!expected.empty() && expected != checksum.value && expected != bare_value) {
    return S3Error(400, "BadDigest", "The " + algorithm + " you specified did not match the calculated checksum.");
  }
  return checksum;
}

std::uint64_t size_of(const std::vector<UploadPart>& parts) {
  std::uint64_t size = 0;
  for (const auto& part : parts) size += part.size_bytes;
  return size;
}

Response completed_answer(const S3Call& call, const ObjectStat& stat) {
  XmlWriter xml("CompleteMultipartUploadResult");
  xml.text("Location",
           "http://" + std::string(call.field("host")) + "/" + call.bucket + "/" + percent_encode(call.key, "-._~/"));
  xml.text("Bucket", call.bucket).text("Key", call.key).text("ETag", quoted_etag(stat.etag));
  if (const auto& checksum = stat.bytes.checksum) {
    xml.text("Checksum" + upper_name(checksum->algorithm), checksum->value);
    xml.text("ChecksumType", checksum->composite ? "COMPOSITE" : "FULL_OBJECT");
  }
  return xml_response(xml.finish());
}

S3Result<Response> run(const S3Call& call, const S3Context& context, const std::string& body) {
  STEPD_TRY(UploadStore * uploads, uploads_of(context));
  const auto id = call.parameter("uploadId").value_or("");
  if (const auto before = uploads->completed(call.ref(), id)) return completed_answer(call, *before);
  STEPD_TRY(const UploadStat upload, find_upload(call, context));
  STEPD_TRY(const auto named, read_parts(body));
  const auto stored = uploads->parts(call.ref(), id);
  if (!stored.has_value()) return upload_error(call, stored.error());
  UploadEnd end;
  STEPD_TRY(end.parts, choose_parts(call, upload, named, *stored));
  const auto size = size_of(end.parts);
  if (size > context.object_bytes_max) {
    return S3Error(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size");
  }
  if (const auto announced = call.field("x-amz-mp-object-size"); !announced.empty()) {
    if (announced != std::to_string(size)) {
      return invalid_request("The provided 'x-amz-mp-object-size' header value " + std::string(announced) +
                             " does not match what was computed: " + std::to_string(size));
    }
  }
  STEPD_TRY(end.bytes.checksum, checksum_of_whole(call, upload.upload, end.parts));
  end.bytes.reason = "CompleteMultipartUpload";
  std::vector<std::string> md5s;
  for (const auto& part : end.parts) {
    md5s.push_back(part.md5);
    end.bytes.part_sizes.push_back(part.size_bytes);
    if (!upload.upload.checksum_algorithm.empty()) end.bytes.part_sums.push_back(part.checksum);
  }
  end.etag = upload_etag(md5s);
  STEPD_TRY(end.condition, write_condition(call));
  end.lineage = call.caller;
  const auto done = uploads->complete(call.ref(), id, end);
  if (!done.has_value()) {
    if (done.error().name == "Object.NoSuchUpload") return no_such_upload(id);
    return condition_error(call, done.error());
  }
  return completed_answer(call, *done);
}

S3Result<S3Opened> open_complete(const S3Call& call, const S3Context& context) {
  return take_whole_body(call, context, kDocumentMax, run, ChecksumOf::Object);
}

}  // namespace

extern const S3Operation kCompleteMultipartUpload{
    "CompleteMultipartUpload", "POST", Level::Object, "uploadId", "", open_complete};

}  // namespace stepd::api::s3
