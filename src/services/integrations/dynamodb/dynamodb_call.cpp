#include "services/integrations/dynamodb/dynamodb_call.h"

#include "engine/run/uuid.h"
#include "services/integrations/dynamodb/attribute_value.h"
#include "services/integrations/dynamodb/dynamodb_expression.h"

#include <array>
#include <boost/crc.hpp>
#include <nlohmann/json.hpp>

namespace stepd::services::dynamodb {
namespace {

struct Fault {
  std::string_view ours;
  std::string_view code;     ///< DynamoDB's (API reference: Common Errors, and those of the operations)
  std::string_view message;  ///< empty: ours
  int status;
};

constexpr std::array<Fault, 6> kFaults{{
    {"Item.ConditionFailed", "ConditionalCheckFailedException", "The conditional request failed", 400},
    {"Item.NoSuchTable", "ResourceNotFoundException", "Requested resource not found", 400},
    {"Item.TooLarge", "ValidationException", "Item size has exceeded the maximum allowed size", 400},
    {"Item.StorageFull", "InternalServerErrorException", "", 500},
    {"Item.Failed", "InternalServerErrorException", "", 500},
    {"Handler.Busy", "RequestLimitExceededException", "", 400},
}};
constexpr Fault kValidation{"", "ValidationException", "", 400};

const Fault* fault_of(const AslError& error) {
  for (const auto& fault : kFaults) {
    if (fault.ours == error.name) return &fault;
  }
  const bool is_invalid = error.name.empty() || error.name == "Item.InvalidKey" || error.name == "Item.InvalidUpdate";
  return is_invalid ? &kValidation : nullptr;
}

/// The optimised integration speaks through AWS's first SDK for Java and the other one through the second: only they
/// know why they spell the service in two ways. ValidationException is a class of neither.
AslError shown(const AslError& error, bool is_sdk) {
  const auto* fault = fault_of(error);
  if (fault == nullptr) return error;
  const std::string code(fault->code);
  const bool is_validation = fault->code == kValidation.code;
  const auto message = fault->message.empty() ? error.cause : std::string(fault->message);
  const auto status = std::to_string(fault->status);
  if (is_sdk) {
    return {"DynamoDb." + (is_validation ? "DynamoDbException" : code),
            message + " (Service: DynamoDb, Status Code: " + status + ", Request ID: " + run::make_uuid() + ")"};
  }
  return {"DynamoDB." + (is_validation ? "AmazonDynamoDBException" : code),
          message + " (Service: AmazonDynamoDBv2; Status Code: " + status + "; Error Code: " + code +
              "; Request ID: " + run::make_uuid() + "; Proxy: null)"};
}

constexpr std::array<std::string_view, 2> kReturnValues{"NONE", "ALL_OLD"};

Json old_attributes(const Json& result) {
  Json members = Json::object();
  const auto old = result.find("old");
  if (old != result.end() && old->is_object()) members["Attributes"] = to_typed_members(*old);
  return members;
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

/// `arn:aws:dynamodb:REGION:ACCOUNT:table/NAME` names a table, too.
std::string table_of(const std::string& given) {
  return given.starts_with("arn:") ? given.substr(given.rfind('/') + 1) : given;
}

}  // namespace

Json page_of_items(const Json& result) {
  Json items = Json::array();
  for (const auto& item : result.at("items")) items.push_back(to_typed_members(item));
  Json members{{"Count", result.at("count")}, {"Items", std::move(items)}};
  if (result.at("more").get<bool>()) {
    members["LastEvaluatedKey"] =
        to_typed_members(Json{{result.at("keyAttribute").get<std::string>(), result.at("next")}});
  }
  members["ScannedCount"] = result.at("scanned");
  return members;
}

void call_item_handler(const Workbench& bench, run::TaskCall call, integrations::Translate translate) {
  const bool is_sdk = call.label.type.starts_with("aws-sdk:");
  integrations::Manner manner{
      [is_sdk](const AslError& error) { return shown(error, is_sdk); },
      [is_sdk](Json members) { return is_sdk ? Payload(std::move(members)) : with_metadata(std::move(members)); }};
  call_handler(bench, std::move(call), translate, std::move(manner));
}

Result<integrations::HandlerCall> translate_write(tasks::Arguments& parameters, const char* parameter,
                                                  std::string_view handler, const char* argument) {
  ItemRequest request(parameters);
  request.members(parameter, argument);
  request.condition("ConditionExpression", "condition");
  request.set("returnOld", parameters.optional_choice("ReturnValues", kReturnValues).value_or(0) == 1);
  STEPD_TRY(Payload event, request.finish());
  return integrations::HandlerCall{handler, std::move(event), old_attributes};
}

struct ItemRequest::Body {
  explicit Body(tasks::Arguments& given) : parameters(given) {}

  void put(const char* argument, Result<Json> value) {
    if (value) {
      event[argument] = *std::move(value);
    } else if (!fault) {
      fault = value.error();
    }
  }
  Placeholders placeholders() const { return {names, values}; }

  tasks::Arguments& parameters;
  Json names;
  Json values;
  Json event = Json::object();
  std::optional<AslError> fault;
};

ItemRequest::ItemRequest(tasks::Arguments& parameters) : body_(std::make_unique<Body>(parameters)) {
  body_->event["table"] = table_of(parameters.text("TableName"));
  if (const Json* names = parameters.optional_object("ExpressionAttributeNames")) body_->names = *names;
  if (const Json* values = parameters.optional_object("ExpressionAttributeValues")) {
    auto plain = from_typed_members(*values);
    if (plain) {
      body_->values = *std::move(plain);
    } else {
      body_->fault = plain.error();
    }
  }
  ignore({"ReturnConsumedCapacity", "ReturnItemCollectionMetrics", "ReturnValuesOnConditionCheckFailure"});
}

ItemRequest::~ItemRequest() = default;

void ItemRequest::members(const char* parameter, const char* argument) {
  const Json* given = body_->parameters.any(parameter);
  if (given == nullptr) return;
  if (!given->is_object()) return body_->parameters.refuse(parameter, "expected an object");
  body_->put(argument, from_typed_members(*given));
}

void ItemRequest::optional_members(const char* parameter, const char* argument) {
  if (const Json* given = body_->parameters.optional_object(parameter))
    body_->put(argument, from_typed_members(*given));
}

void ItemRequest::condition(const char* parameter, const char* argument) {
  if (const auto text = body_->parameters.optional_text(parameter)) {
    body_->put(argument, translate_condition(*text, body_->placeholders()));
  }
}

void ItemRequest::projection() {
  if (const auto text = body_->parameters.optional_text("ProjectionExpression")) {
    body_->put("attributes", translate_projection(*text, body_->placeholders()));
  }
}

void ItemRequest::update() {
  if (const auto text = body_->parameters.optional_text("UpdateExpression")) {
    body_->put("operations", translate_update(*text, body_->placeholders()));
  }
}

void ItemRequest::key_condition() {
  const auto text = body_->parameters.text("KeyConditionExpression");
  if (!text.empty()) body_->put("key", translate_key(text, body_->placeholders()));
}

void ItemRequest::set(const char* argument, Json value) { body_->event[argument] = std::move(value); }

void ItemRequest::ignore(std::initializer_list<const char*> parameters) {
  for (const char* parameter : parameters) body_->parameters.optional_any(parameter);
}

Result<Payload> ItemRequest::finish() {
  if (body_->fault) return *body_->fault;
  return Payload(std::move(body_->event));
}

}  // namespace stepd::services::dynamodb
