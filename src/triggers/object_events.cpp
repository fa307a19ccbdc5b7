#include "triggers/object_events.h"

#include "base/digest.h"
#include "base/encoding.h"

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace stepd::triggers {
namespace {

constexpr std::string_view kPrincipal = "stepd";
constexpr std::string_view kSourceAddress = "127.0.0.1";

std::string seconds_only(Instant instant) {
  std::string text = to_rfc3339(instant);
  return text.substr(0, text.size() - 5) + "Z";  // without ".123Z": EventBridge's `time` has whole seconds
}

/// `Put`, `Copy`, `CompleteMultipartUpload` of an event's name.
std::string cause_of(const std::string& reason) {
  if (reason.empty() || reason == "PutObject") return "Put";
  return reason == "CopyObject" ? "Copy" : reason;
}

std::string request_id(const ObjectCreated& object) {
  const std::string digest = to_hex(sha256_of_parts({"request", object.bucket, object.key, object.identity}));
  std::string id;
  for (const char c : digest.substr(0, 16)) id += static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c);
  return id;
}

}  // namespace

std::string encode_notification_key(std::string_view key) { return percent_encode(key, "-_.*/", Space::Plus); }

std::string sequencer_of(const ObjectCreated& object) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%016llX",
                static_cast<unsigned long long>(object.at.time_since_epoch().count()));
  return text.data();
}

Json eventbridge_event(const ObjectCreated& object, const Origin& origin) {
  const std::string id = to_uuid(sha256_of_parts({"event", object.bucket, object.key, object.identity}));
  return Json{{"version", "0"},
              {"id", id},
              {"detail-type", "Object Created"},
              {"source", "aws.s3"},
              {"account", origin.account},
              {"time", seconds_only(object.at)},
              {"region", origin.region},
              {"resources", Json::array({"arn:aws:s3:::" + object.bucket})},
              {"detail", Json{{"version", "0"},
                              {"bucket", Json{{"name", object.bucket}}},
                              {"object", Json{{"key", object.key},
                                              {"size", object.size_bytes},
                                              {"etag", object.etag},
                                              {"sequencer", sequencer_of(object)}}},
                              {"request-id", request_id(object)},
                              {"requester", origin.account},
                              {"source-ip-address", kSourceAddress},
                              {"reason", object.reason.empty() ? "PutObject" : object.reason}}}};
}

Json notification_record(const ObjectCreated& object, const Origin& origin, const std::string& configuration_id,
                         KeyEncoding encoding) {
  const std::string key = encoding == KeyEncoding::Url ? encode_notification_key(object.key) : object.key;
  return Json{{"eventVersion", "2.1"},
              {"eventSource", "aws:s3"},
              {"awsRegion", origin.region},
              {"eventTime", to_rfc3339(object.at)},
              {"eventName", "ObjectCreated:" + cause_of(object.reason)},
              {"userIdentity", Json{{"principalId", kPrincipal}}},
              {"requestParameters", Json{{"sourceIPAddress", kSourceAddress}}},
              {"responseElements",
               Json{{"x-amz-request-id", request_id(object)},
                    {"x-amz-id-2", to_hex(sha256_of_parts({"host", object.bucket, object.key, object.identity}))}}},
              {"s3", Json{{"s3SchemaVersion", "1.0"},
                          {"configurationId", configuration_id},
                          {"bucket", Json{{"name", object.bucket},
                                          {"ownerIdentity", Json{{"principalId", kPrincipal}}},
                                          {"arn", "arn:aws:s3:::" + object.bucket}}},
                          {"object", Json{{"key", key},
                                          {"size", object.size_bytes},
                                          {"eTag", object.etag},
                                          {"sequencer", sequencer_of(object)}}}}}};
}

}  // namespace stepd::triggers
