// Which integrations there are, and what they share.
#include "base/payload.h"
#include "engine/run/uuid.h"
#include "services/integrations.h"

#include <strings.h>
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace stepd::services {
namespace integrations {

extern const Integration dynamodb_delete_item;
extern const Integration dynamodb_get_item;
extern const Integration dynamodb_put_item;
extern const Integration dynamodb_update_item;
extern const Integration lambda_invoke;
extern const Integration rekognition_detect_labels;
extern const Integration s3_copy_object;
extern const Integration s3_delete_object;
extern const Integration s3_delete_objects;
extern const Integration s3_get_object;
extern const Integration s3_head_object;
extern const Integration s3_list_objects_v2;
extern const Integration s3_put_object;
extern const Integration sdk_dynamodb_batch_get_item;
extern const Integration sdk_dynamodb_batch_write_item;
extern const Integration sdk_dynamodb_delete_item;
extern const Integration sdk_dynamodb_get_item;
extern const Integration sdk_dynamodb_put_item;
extern const Integration sdk_dynamodb_query;
extern const Integration sdk_dynamodb_scan;
extern const Integration sdk_dynamodb_transact_get_items;
extern const Integration sdk_dynamodb_transact_write_items;
extern const Integration sdk_dynamodb_update_item;
extern const Integration sdk_sfn_start_execution;
extern const Integration sfn_get_activity_task;
extern const Integration sfn_send_task_failure;
extern const Integration sfn_send_task_heartbeat;
extern const Integration sfn_send_task_success;
extern const Integration sns_publish;
extern const Integration states_start_execution;

}  // namespace integrations

const Integration* find_integration(std::string_view resource) {
  static const std::array kAll{
      &integrations::dynamodb_delete_item,
      &integrations::dynamodb_get_item,
      &integrations::dynamodb_put_item,
      &integrations::dynamodb_update_item,
      &integrations::lambda_invoke,
      &integrations::rekognition_detect_labels,
      &integrations::s3_copy_object,
      &integrations::s3_delete_object,
      &integrations::s3_delete_objects,
      &integrations::s3_get_object,
      &integrations::s3_head_object,
      &integrations::s3_list_objects_v2,
      &integrations::s3_put_object,
      &integrations::sdk_dynamodb_batch_get_item,
      &integrations::sdk_dynamodb_batch_write_item,
      &integrations::sdk_dynamodb_delete_item,
      &integrations::sdk_dynamodb_get_item,
      &integrations::sdk_dynamodb_put_item,
      &integrations::sdk_dynamodb_query,
      &integrations::sdk_dynamodb_scan,
      &integrations::sdk_dynamodb_transact_get_items,
      &integrations::sdk_dynamodb_transact_write_items,
      &integrations::sdk_dynamodb_update_item,
      &integrations::sdk_sfn_start_execution,
      &integrations::sfn_get_activity_task,
      &integrations::sfn_send_task_failure,
      &integrations::sfn_send_task_heartbeat,
      &integrations::sfn_send_task_success,
      &integrations::sns_publish,
      &integrations::states_start_execution,
  };
  if (asl::pattern_of(resource) != asl::Resource::Pattern::RequestResponse)
    resource = resource.substr(0, resource.rfind('.'));
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
  return {{"x-amzn-RequestId", run::make_uuid()},
          {"Content-Length", std::to_string(content_length)},
          {"Content-Type", std::string(content_type)}};
}

}  // namespace stepd::services
