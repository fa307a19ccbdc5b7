// aws-sdk:s3:deleteObjects: object.delete of a list; a key that could not be deleted is answered with its error.
// Source: S3 API reference, DeleteObjects.
#include "services/integrations/s3/s3_call.h"

#include <nlohmann/json.hpp>

namespace stepd::services::integrations {
namespace {

std::string code_of(const std::string& ours) {
  if (ours == "Object.AccessDenied") return "AccessDenied";
  return ours == "Object.InvalidKey" ? "InvalidArgument" : "InternalError";
}

Json shape(const Json& result, bool quiet) {
  Json members = Json::object();
  for (const auto& key : result.at("keys")) {
    if (!quiet) members["Deleted"].push_back(Json{{"Key", key}});
  }
  for (const auto& error : result.at("errors")) {
    members["Errors"].push_back(Json{{"Code", code_of(error.at("error").get<std::string>())},
                                     {"Key", error.at("key")},
                                     {"Message", error.at("cause")}});
  }
  return members;
}

Result<HandlerCall> translate(tasks::Arguments& parameters) {
  Json event{{"bucket", parameters.text("Bucket")}, {"keys", Json::array()}, {"keepGoing", true}};
  bool quiet = false;
  parameters.object("Delete", [&](tasks::Arguments& list) {
    quiet = list.flag("Quiet", false);
    const Json* objects = list.optional_array("Objects");
    if (objects == nullptr && list.has("Objects")) return;  // refused already, as it is no array
    if (objects == nullptr) return list.refuse("Objects", "missing, expected an array of objects with Key");
    for (const auto& object : *objects) {
      const auto key = object.is_object() ? object.find("Key") : object.end();
      if (key == object.end() || !key->is_string())
        return list.refuse("Objects", "expected objects with Key, a string");
      event["keys"].push_back(*key);
    }
  });
  s3::ignore(parameters, {"ExpectedBucketOwner", "RequestPayer"});
  return HandlerCall{"object.delete", Payload(std::move(event)),
                     [quiet](const Json& result) { return shape(result, quiet); }};
}

void start(const Workbench& bench, run::TaskCall call) { s3::call_object_handler(bench, std::move(call), translate); }

}  // namespace

extern const Integration s3_delete_objects{"aws-sdk:s3:deleteObjects", start};

}  // namespace stepd::services::integrations
