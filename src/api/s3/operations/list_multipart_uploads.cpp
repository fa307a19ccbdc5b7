// ListMultipartUploads: the open uploads of a bucket, by key and then by start.
#include "api/s3/key_listing.h"
#include "api/s3/object_answer.h"
#include "api/s3/upload_call.h"
#include "base/limits.h"

#include <algorithm>

namespace stepd::api::s3 {
namespace {

struct UploadPage {
  std::vector<const UploadStat*> uploads;
  std::vector<std::string> prefixes;
  std::string next_key;
  std::string next_id;
  bool truncated = false;
};

UploadPage page_of(const std::vector<UploadStat>& all, const ListQuestion& question, const std::string& key_marker,
                   std::size_t first, std::uint32_t most) {
  UploadPage page;
  for (std::size_t i = first; i < all.size(); ++i) {
    const auto& upload = all[i];
    if (!upload.key.starts_with(question.prefix)) continue;
    const auto end =
        question.delimiter.empty() ? std::string::npos : upload.key.find(question.delimiter, question.prefix.size());
    const auto prefix = end == std::string::npos ? "" : upload.key.substr(0, end + question.delimiter.size());
    if (!prefix.empty() && (prefix == key_marker || (!page.prefixes.empty() && page.prefixes.back() == prefix))) {
      continue;
    }
    if (page.uploads.size() + page.prefixes.size() == most) {
      page.truncated = most > 0;
      return page;
    }
    if (prefix.empty()) {
      page.uploads.push_back(&upload);
    } else {
      page.prefixes.push_back(prefix);
    }
    page.next_key = prefix.empty() ? upload.key : prefix;
    page.next_id = prefix.empty() ? upload.id : "";
  }
  return page;
}

/// Of the first upload behind the markers.
S3Result<std::size_t> first_behind(const std::vector<UploadStat>& all, const std::string& key, const std::string& id) {
  if (key.empty()) return std::size_t{0};
  if (!id.empty()) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.key == key && each.id == id; });
    if (found == all.end()) return invalid_argument("Invalid uploadId marker", "upload-id-marker", id);
    return static_cast<std::size_t>(found - all.begin()) + 1;
  }
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.key > key; });
  return static_cast<std::size_t>(found - all.begin());
}

S3Result<Response> run(const S3Call& call, const S3Context& context) {
  STEPD_TRY(const ListQuestion question, read_list_question(call));
  STEPD_TRY(const auto asked, number_parameter(call, "max-uploads", limits::kPageMax));
  const auto most = std::min<std::uint32_t>(asked, limits::kPageMax);
  const auto key_marker = call.parameter("key-marker").value_or("");
  const auto id_marker = key_marker.empty() ? "" : call.parameter("upload-id-marker").value_or("");
  STEPD_TRY(const UploadStore* uploads, uploads_of(context));
  const auto all = uploads->list(call.bucket);
  if (!all.has_value()) return upload_error(call, all.error());
  STEPD_TRY(const auto first, first_behind(*all, key_marker, id_marker));
  const auto page = page_of(*all, question, key_marker, first, most);

  XmlWriter xml("ListMultipartUploadsResult");
  xml.text("Bucket", call.bucket).text("KeyMarker", question.shown(key_marker)).text("UploadIdMarker", id_marker);
  xml.text("NextKeyMarker", question.shown(page.next_key)).text("NextUploadIdMarker", page.next_id);
  if (!question.delimiter.empty()) xml.text("Delimiter", question.shown(question.delimiter));
  if (!question.prefix.empty()) xml.text("Prefix", question.shown(question.prefix));
  if (question.url_encoded) xml.text("EncodingType", "url");
  xml.number("MaxUploads", most).flag("IsTruncated", page.truncated);
  for (const auto* upload : page.uploads) {
    xml.open("Upload").text("Key", question.shown(upload->key)).text("UploadId", upload->id);
    write_owner(xml, context.owner, "Initiator");
    write_owner(xml, context.owner);
    xml.text("StorageClass", "STANDARD").text("Initiated", xml_time(upload->started));
    write_checksum_kind(xml, upload->upload);
    xml.close();
  }
  for (const auto& prefix : page.prefixes) {
    xml.open("CommonPrefixes").text("Prefix", question.shown(prefix)).close();
  }
  return xml_response(xml.finish());
}

}  // namespace

extern const S3Operation kListMultipartUploads{"ListMultipartUploads", "GET", Level::Bucket, "uploads", "",
                                               without_body<run>};

}  // namespace stepd::api::s3
