#include "services/integrations/dynamodb/dynamodb_task.h"

#include "engine/run/uuid.h"
#include "services/integrations/handler_call.h"

#include <boost/crc.hpp>
#include <map>
#include <nlohmann/json.hpp>

namespace stepd::services::dynamodb {
namespace {

constexpr std::string_view kValidation = "ValidationException";

/// The error's class in AWS's SDKs for Java. ValidationException is a class of neither.
std::string class_of(const AslError& error, bool is_sdk) {
  if (error.name == kValidation || error.name == "SerializationException")
    return is_sdk ? "DynamoDbException" : "AmazonDynamoDBException";
  if (error.name == "InternalServerError") return "InternalServerErrorException";
  if (error.name == "Handler.Busy") return "RequestLimitExceededException";
  return error.name;
}

/// The optimised integration speaks through AWS's first SDK for Java and the other one through the second: only they
/// know why they spell the service in two ways.
AslError shown(const AslError& error, bool is_sdk) {
  const bool is_ours = error.name.starts_with("Handler.") && error.name != "Handler.Busy";
  if (is_ours || error.name.starts_with("States.")) return error;
  const auto name = class_of(error, is_sdk);
  const std::string status = error.name == "InternalServerError" ? "500" : "400";
  if (is_sdk) {
    return {"DynamoDb." + name,
            error.cause + " (Service: DynamoDb, Status Code: " + status + ", Request ID: " + run::make_uuid() + ")"};
  }
  const auto code = error.name == kValidation || error.name == "SerializationException" ? error.name : name;
  return {"DynamoDB." + name, error.cause + " (Service: AmazonDynamoDBv2; Status Code: " + status +
                                  "; Error Code: " + code + "; Request ID: " + run::make_uuid() + "; Proxy: null)"};
}

/// An answer as the wire would have carried it.
Payload with_metadata(Json members) {
  const auto body = print_json(members);
  boost::crc_32_type crc;
  crc.process_bytes(body.data(), body.size());
  tasks::HttpFields fields{{"Server", "Server"}, {"Connection", "keep-alive"}};
  for (auto& field : made_up_fields("application/x-amz-json-1.0", body.size())) {
    fields.push_back(std::move(field));
    if (fields.size() == 3) fields.emplace_back("x-amz-crc32", std::to_string(crc.checksum()));
  }
  return Payload(with_sdk_metadata(std::move(members), fields, 200));
}

/// As AWS's SDKs list the members of an answer.
Json by_name(const Json& members) {
  std::map<std::string, const Json*> sorted;
  for (const auto& [name, value] : members.items()) sorted[name] = &value;
  Json listed = Json::object();
  for (const auto& [name, value] : sorted) listed[name] = *value;
  return listed;
}

void check_parameter(tasks::Arguments& parameters, const Parameter& wanted) {
  if (wanted.kind == Parameter::Kind::Text) {
    if (wanted.required) {
      parameters.text(wanted.name);
    } else {
      parameters.optional_string(wanted.name);
    }
    return;
  }
  const Json* given = wanted.required ? parameters.any(wanted.name) : parameters.optional_any(wanted.name);
  if (wanted.kind == Parameter::Kind::Object && given != nullptr && !given->is_object())
    parameters.refuse(wanted.name, "expected an object");
}

}  // namespace

void call_operation(const Workbench& bench, run::TaskCall call, std::string_view operation,
                    std::span<const Parameter> parameters) {
  const bool is_sdk = call.label.type.starts_with("aws-sdk:");
  integrations::Manner manner{
      [is_sdk](const AslError& error) { return shown(error, is_sdk); },
      [is_sdk](Json members) { return is_sdk ? Payload(std::move(members)) : with_metadata(std::move(members)); }};
  const auto translate = [operation, parameters, input = call.input](tasks::Arguments& given) {
    for (const auto& parameter : parameters) check_parameter(given, parameter);
    return Result<integrations::HandlerCall>(integrations::HandlerCall{
        "dynamodb.call", Payload(Json{{"operation", operation}, {"parameters", input.json()}}), by_name});
  };
  integrations::call_handler(bench, std::move(call), translate, std::move(manner));
}

}  // namespace stepd::services::dynamodb
