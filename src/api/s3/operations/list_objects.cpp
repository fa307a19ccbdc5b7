// ListObjects, the first version: pages by the last key.
#include "api/s3/key_listing.h"

#include <algorithm>

namespace stepd::api::s3 {
namespace {

/// Clients of this version decode keys and markers but not the prefix, unless XML could not hold it.
std::string shown_prefix(const ListQuestion& question) {
  const bool plain = std::none_of(question.prefix.begin(), question.prefix.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7F;
  });
  return plain ? question.prefix : question.shown(question.prefix);
}

S3Result<Response> run(const S3Call& call, const S3Context& context) {
  STEPD_TRY(ListQuestion question, read_list_question(call));
  question.after = call.parameter("marker").value_or("");
  STEPD_TRY(const ListPage page, list_page(context.objects, call.bucket, question));

  XmlWriter xml("ListBucketResult");
  xml.text("Name", call.bucket).text("Prefix", shown_prefix(question));
  xml.text("Marker", question.shown(question.after));
  if (page.truncated && !question.delimiter.empty()) xml.text("NextMarker", question.shown(page.last));
  xml.number("MaxKeys", question.keys_max);
  if (!question.delimiter.empty()) xml.text("Delimiter", question.shown(question.delimiter));
  if (question.url_encoded) xml.text("EncodingType", "url");
  xml.flag("IsTruncated", page.truncated);
  for (const auto& entry : page.entries) {
    xml.open("Contents");
    write_entry(xml, question, entry, context.owner);
    xml.close();
  }
  write_prefixes(xml, question, page);
  return xml_response(xml.finish());
}

}  // namespace

extern const S3Operation kListObjects{"ListObjects", "GET", Level::Bucket, "", "", without_body<run>};

}  // namespace stepd::api::s3
