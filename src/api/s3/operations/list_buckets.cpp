// ListBuckets: every bucket, by name.
#include "api/s3/key_listing.h"
#include "api/s3/object_answer.h"
#include "base/encoding.h"

#include <algorithm>

namespace stepd::api::s3 {
namespace {

constexpr std::uint32_t kBucketsMax = 10'000;

S3Result<Response> run(const S3Call& call, const S3Context& context) {
  const auto prefix = call.parameter("prefix").value_or("");
  STEPD_TRY(const auto asked, number_parameter(call, "max-buckets", kBucketsMax));
  const auto most = std::clamp<std::uint32_t>(asked, 1, kBucketsMax);
  const auto after = from_base64url(call.parameter("continuation-token").value_or("")).value_or("");

  XmlWriter xml("ListAllMyBucketsResult");
  write_owner(xml, context.owner);
  xml.open("Buckets");
  std::uint32_t count = 0;
  std::string last;
  bool more = false;
  for (const auto& name : context.objects.buckets()) {
    if (!name.starts_with(prefix) || name <= after) continue;
    if (count == most) {
      more = true;
      break;
    }
    const auto bucket = context.objects.bucket(name);
    if (!bucket.has_value()) continue;  // removed meanwhile
    xml.open("Bucket").text("Name", name).text("CreationDate", xml_time(bucket->created));
    xml.text("BucketRegion", context.region).text("BucketArn", "arn:aws:s3:::" + name).close();
    last = name;
    ++count;
  }
  xml.close();
  if (more) xml.text("ContinuationToken", to_base64url(last));
  if (!prefix.empty()) xml.text("Prefix", prefix);
  return xml_response(xml.finish());
}

}  // namespace

extern const S3Operation kListBuckets{"ListBuckets", "GET", Level::Service, "", "", without_body<run>};

}  // namespace stepd::api::s3
