#include "services/integrations/s3/s3_call.h"

#include "engine/run/uuid.h"

#include <array>
#include <nlohmann/json.hpp>

namespace stepd::services::s3 {
namespace {

struct Fault {
  std::string_view ours;
  std::string_view name;     ///< the SDK's class: one of its own only where its model has one
  std::string_view message;  ///< empty: ours
  int status;
};

constexpr std::array<Fault, 9> kFaults{{
    {"Object.NotFound", "NoSuchKeyException", "The specified key does not exist.", 404},
    {"Object.NoSuchBucket", "NoSuchBucketException", "The specified bucket does not exist", 404},
    {"Object.AccessDenied", "S3Exception", "Access Denied", 403},
    {"Object.Exists", "S3Exception", "At least one of the pre-conditions you specified did not hold", 412},
    {"Object.InvalidKey", "S3Exception", "", 400},
    {"Object.InvalidMetadata", "S3Exception", "", 400},
    {"Object.Conflict", "S3Exception", "", 400},
    {"Object.StorageFull", "S3Exception", "", 503},
    {"Object.Failed", "S3Exception", "", 500},
}};
constexpr Fault kInvalid{"", "S3Exception", "", 400};

/// Those of stepd's own, such as an object that is too large for a state, keep their names.
AslError shown(const AslError& error) {
  const Fault* fault = error.name.empty() ? &kInvalid : nullptr;
  for (const auto& each : kFaults) {
    if (each.ours == error.name) fault = &each;
  }
  if (fault == nullptr) return error;
  const auto message = fault->message.empty() ? error.cause : std::string(fault->message);
  return {"S3." + std::string(fault->name), message + " (Service: S3, Status Code: " + std::to_string(fault->status) +
                                                ", Request ID: " + run::make_uuid() +
                                                ", Extended Request ID: " + run::make_uuid() + ")"};
}

}  // namespace

void call_object_handler(const Workbench& bench, run::TaskCall call, integrations::Translate translate) {
  integrations::Manner manner{shown, [](Json members) { return Payload(std::move(members)); }};
  call_handler(bench, std::move(call), translate, std::move(manner));
}

Json place_of(tasks::Arguments& parameters) {
  Json event{{"bucket", parameters.text("Bucket")}, {"key", parameters.text("Key")}};
  ignore(parameters, {"ExpectedBucketOwner", "RequestPayer"});
  return event;
}

void read_headers(tasks::Arguments& parameters, Json& event) {
  if (const auto type = parameters.optional_text("ContentType")) event["contentType"] = *type;
  if (const Json* metadata = parameters.optional_object("Metadata")) event["metadata"] = *metadata;
}

void ignore(tasks::Arguments& parameters, std::initializer_list<const char*> names) {
  for (const char* name : names) parameters.optional_any(name);
}

std::string quoted_etag(const Json& description) { return "\"" + description.at("s3Etag").get<std::string>() + "\""; }

std::string last_modified(const Json& description) {
  const auto modified = description.at("modified").get<std::string>();
  return modified.substr(0, modified.find('.')) + "Z";
}

Json head_of(const Json& description) {
  return Json{{"AcceptRanges", "bytes"},
              {"ContentLength", description.at("bytes")},
              {"ContentType", description.at("contentType")},
              {"ETag", quoted_etag(description)},
              {"LastModified", last_modified(description)},
              {"Metadata", description.at("metadata")}};
}

}  // namespace stepd::services::s3
