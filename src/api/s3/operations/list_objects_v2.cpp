// ListObjectsV2: pages by an opaque token.
#include "api/s3/key_listing.h"
#include "base/encoding.h"

namespace stepd::api::s3 {
namespace {

S3Result<Response> run(const S3Call& call, const S3Context& context) {
  STEPD_TRY(ListQuestion question, read_list_question(call));
  const auto token = call.parameter("continuation-token");
  const auto start_after = call.parameter("start-after").value_or("");
  question.after = start_after;
  if (token) {
    const auto decoded = from_base64url(*token);
    if (token->empty() || !decoded) {
      return invalid_argument("The continuation token provided is incorrect", "continuation-token", *token);
    }
    question.after = *decoded;
  }
  STEPD_TRY(const ListPage page, list_page(context.objects, call.bucket, question));

  XmlWriter xml("ListBucketResult");
  xml.text("Name", call.bucket).text("Prefix", question.shown(question.prefix));
  if (token) xml.text("ContinuationToken", *token);
  if (!token && !start_after.empty()) xml.text("StartAfter", question.shown(start_after));
  xml.number("KeyCount", page.count()).number("MaxKeys", question.keys_max);
  if (!question.delimiter.empty()) xml.text("Delimiter", question.shown(question.delimiter));
  if (question.url_encoded) xml.text("EncodingType", "url");
  xml.flag("IsTruncated", page.truncated);
  if (page.truncated) xml.text("NextContinuationToken", to_base64url(page.last));
  const bool with_owner = call.parameter("fetch-owner") == "true";
  for (const auto& entry : page.entries) {
    xml.open("Contents");
    write_entry(xml, question, entry, with_owner ? context.owner : "");
    xml.close();
  }
  write_prefixes(xml, question, page);
  return xml_response(xml.finish());
}

}  // namespace

extern const S3Operation kListObjectsV2{"ListObjectsV2", "GET", Level::Bucket, "list-type", "", without_body<run>};

}  // namespace stepd::api::s3
