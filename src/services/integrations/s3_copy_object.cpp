// aws-sdk:s3:copyObject: object.copy; CopySource is `bucket/key`, URL-encoded; no versions.
// Source: S3 API reference, CopyObject.
#include "base/encoding.h"
#include "services/integrations/s3/s3_call.h"

#include <array>
#include <nlohmann/json.hpp>

namespace stepd::services::integrations {
namespace {

constexpr std::array<std::string_view, 2> kDirectives{"COPY", "REPLACE"};

Json shape(const Json& result) {
  return Json{{"CopyObjectResult", {{"ETag", s3::quoted_etag(result)}, {"LastModified", s3::last_modified(result)}}}};
}

Result<HandlerCall> translate(tasks::Arguments& parameters) {
  Json target = s3::place_of(parameters);
  // S3 does not take `+` for a space here.
  auto source = percent_decode_leniently(parameters.text("CopySource"));
  if (source.starts_with('/')) source.erase(0, 1);
  const auto slash = source.find('/');
  if (slash == 0 || slash == std::string::npos || slash + 1 == source.size()) {
    parameters.refuse("CopySource", "expected BUCKET/KEY");
  }
  Json event{{"bucket", source.substr(0, slash)},
             {"key", slash == std::string::npos ? "" : source.substr(slash + 1)},
             {"destination", std::move(target)}};
  Json headers = Json::object();
  s3::read_headers(parameters, headers);
  if (parameters.optional_choice("MetadataDirective", kDirectives).value_or(0) == 1) {
    if (!headers.contains("metadata")) headers["metadata"] = Json::object();
    event.update(headers);
  }
  s3::ignore(parameters, {"TaggingDirective", "ExpectedSourceBucketOwner"});
  return HandlerCall{"object.copy", Payload(std::move(event)), shape};
}

void start(const Workbench& bench, run::TaskCall call) { s3::call_object_handler(bench, std::move(call), translate); }

}  // namespace

extern const Integration s3_copy_object{"aws-sdk:s3:copyObject", start};

}  // namespace stepd::services::integrations
