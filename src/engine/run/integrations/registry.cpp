// Which integrations there are, and what they share.
#include "base/payload.h"
#include "engine/run/integrations.h"
#include "engine/run/uuid.h"

#include <strings.h>
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace stepd::run {
namespace integrations {

extern const Integration lambda_invoke;
extern const Integration sns_publish;

}  // namespace integrations

const Integration* find_integration(std::string_view resource) {
  static const std::array kAll{
      &integrations::lambda_invoke,
      &integrations::sns_publish,
  };
  const auto found =
      std::find_if(kAll.begin(), kAll.end(), [&](const auto* each) { return each->resource == resource; });
  return found == kAll.end() ? nullptr : *found;
}

Json with_sdk_metadata(Json members, const tasks::HttpFields& fields, int status) {
  Json lists = Json::object();
  Json single = Json::object();
  std::string request;
  for (const auto& [name, value] : fields) {
    lists[name].push_back(value);
    single[name] = value;
    if (strcasecmp(name.c_str(), "x-amzn-RequestId") == 0) request = value;
  }
  members["SdkHttpMetadata"] =
      Json{{"AllHttpHeaders", std::move(lists)}, {"HttpHeaders", std::move(single)}, {"HttpStatusCode", status}};
  members["SdkResponseMetadata"] = Json{{"RequestId", request}};
  return members;
}

tasks::HttpFields made_up_fields(std::string_view content_type, std::size_t content_length) {
  return {{"x-amzn-RequestId", make_uuid()},
          {"Content-Length", std::to_string(content_length)},
          {"Content-Type", std::string(content_type)}};
}

}  // namespace stepd::run
