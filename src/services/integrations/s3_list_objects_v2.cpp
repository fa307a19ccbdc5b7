// aws-sdk:s3:listObjectsV2: object.list, whose next key is the continuation token.
// Source: S3 API reference, ListObjectsV2.
#include "services/integrations/s3/s3_call.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::services::integrations {
namespace {

constexpr std::int64_t kKeysMax = 1000;

/// In the order of the alphabet, as AWS prints members; lists that are empty are left out, as the SDK leaves them out.
Json shape(const Json& result, const Json& asked, std::int64_t max_keys) {
  Json contents = Json::array();
  for (const auto& object : result.at("objects")) {
    contents.push_back(Json{{"ETag", s3::quoted_etag(object)},
                            {"Key", object.at("key")},
                            {"LastModified", s3::last_modified(object)},
                            {"Size", object.at("bytes")},
                            {"StorageClass", "STANDARD"}});
  }
  Json prefixes = Json::array();
  for (const auto& prefix : result.value("prefixes", Json::array())) prefixes.push_back(Json{{"Prefix", prefix}});
  const auto count = contents.size() + prefixes.size();
  Json members = Json::object();
  if (!prefixes.empty()) members["CommonPrefixes"] = std::move(prefixes);
  if (!contents.empty()) members["Contents"] = std::move(contents);
  if (asked.contains("ContinuationToken")) members["ContinuationToken"] = asked["ContinuationToken"];
  if (asked.contains("Delimiter")) members["Delimiter"] = asked["Delimiter"];
  members["IsTruncated"] = result.at("more");
  members["KeyCount"] = count;
  members["MaxKeys"] = max_keys;
  members["Name"] = result.at("bucket");
  if (result.at("more").get<bool>()) members["NextContinuationToken"] = result.at("next");
  members["Prefix"] = result.at("prefix");
  if (asked.contains("StartAfter")) members["StartAfter"] = asked["StartAfter"];
  return members;
}

Result<HandlerCall> translate(tasks::Arguments& parameters) {
  Json event{{"bucket", parameters.text("Bucket")}};
  Json asked = Json::object();
  const auto pass = [&](const char* parameter, const char* argument) {
    const auto text = parameters.optional_string(parameter);
    if (!text || text->empty()) return;
    asked[parameter] = *text;
    event[argument] = *text;
  };
  pass("Prefix", "prefix");
  pass("Delimiter", "delimiter");
  pass("StartAfter", "after");
  pass("ContinuationToken", "after");
  const auto max_keys = parameters.optional_integer("MaxKeys", 0, INT32_MAX).value_or(kKeysMax);
  event["limit"] = std::min(max_keys, kKeysMax);
  s3::ignore(parameters, {"ExpectedBucketOwner", "FetchOwner", "RequestPayer"});
  return HandlerCall{
      "object.list", Payload(std::move(event)),
      [asked = std::move(asked), max_keys](const Json& result) { return shape(result, asked, max_keys); }};
}

void start(const Workbench& bench, run::TaskCall call) { s3::call_object_handler(bench, std::move(call), translate); }

}  // namespace

extern const Integration s3_list_objects_v2{"aws-sdk:s3:listObjectsV2", start};

}  // namespace stepd::services::integrations
