// ListObjectVersions of buckets without versions: every object is the latest, its version is `null`. Tools that empty a
// bucket ask this rather than ListObjects.
#include "api/s3/key_listing.h"

namespace stepd::api::s3 {
namespace {

S3Result<Response> run(const S3Call& call, const S3Context& context) {
  STEPD_TRY(ListQuestion question, read_list_question(call));
  question.after = call.parameter("key-marker").value_or("");
  STEPD_TRY(const ListPage page, list_page(context.objects, call.bucket, question));

  XmlWriter xml("ListVersionsResult");
  xml.text("Name", call.bucket).text("Prefix", question.shown(question.prefix));
  xml.text("KeyMarker", question.shown(question.after));
  xml.text("VersionIdMarker", call.parameter("version-id-marker").value_or(""));
  if (page.truncated) xml.text("NextKeyMarker", question.shown(page.last)).text("NextVersionIdMarker", "null");
  xml.number("MaxKeys", question.keys_max);
  if (!question.delimiter.empty()) xml.text("Delimiter", question.shown(question.delimiter));
  if (question.url_encoded) xml.text("EncodingType", "url");
  xml.flag("IsTruncated", page.truncated);
  for (const auto& entry : page.entries) {
    xml.open("Version").text("VersionId", "null").flag("IsLatest", true);
    write_entry(xml, question, entry, context.owner);
    xml.close();
  }
  write_prefixes(xml, question, page);
  return xml_response(xml.finish());
}

}  // namespace

extern const S3Operation kListObjectVersions{"ListObjectVersions", "GET", Level::Bucket,
                                             "versions",           "",    without_body<run>};

}  // namespace stepd::api::s3
