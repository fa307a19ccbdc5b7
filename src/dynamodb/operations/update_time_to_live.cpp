// UpdateTimeToLive. Source: DynamoDB API reference.
#include "dynamodb/api_request.h"
#include "dynamodb/dynamodb_operation.h"
#include "dynamodb/expressions/expression_reader.h"

#include <nlohmann/json.hpp>

namespace stepd::dynamodb {
namespace {

Answer update_ttl(const Json& arguments, const Desk& desk) {
  Request request(arguments, Wording::New);
  const auto name = request.table_name();
  const Json* given = request.object("TimeToLiveSpecification");
  if (!request.has("TimeToLiveSpecification")) request.violate("timeToLiveSpecification", std::nullopt, "not be null");
  std::optional<bool> enabled;
  std::optional<std::string> attribute;
  if (given != nullptr) {
    Request inner(*given, request);
    enabled = inner.boolean("Enabled");
    attribute = inner.text("AttributeName");
    if (!inner.has("Enabled")) request.violate("timeToLiveSpecification.enabled", std::nullopt, "not be null");
    if (!inner.has("AttributeName"))
      request.violate("timeToLiveSpecification.attributeName", std::nullopt, "not be null");
    if (attribute && attribute->empty()) {
      request.violate("timeToLiveSpecification.attributeName", *attribute, "have length greater than or equal to 1");
    }
  }
  STEPD_CHECK(request.check());
  const auto table = desk.items.find_table(name);
  if (table == nullptr)
    return Failure("ResourceNotFoundException", "Requested resource not found: Table: " + name + " not found");
  const auto& present = table->schema.ttl_attribute;
  if (*enabled && !present.empty()) {
    return validation_error(present == *attribute
                                ? "TimeToLive is already enabled"
                                : "TimeToLive is active on a different AttributeName: current AttributeName is " +
                                      present);
  }
  if (!*enabled && present.empty()) return validation_error("TimeToLive is already disabled");
  if (!*enabled && present != *attribute) {
    return validation_error("TimeToLive is active on a different AttributeName: current AttributeName is " + present);
  }
  STEPD_CHECK(desk.items.set_ttl(name, *enabled ? *attribute : ""));
  return Json{{"TimeToLiveSpecification", Json{{"Enabled", *enabled}, {"AttributeName", *attribute}}}};
}

}  // namespace

extern const Operation update_time_to_live;
const Operation update_time_to_live{"UpdateTimeToLive", update_ttl};

}  // namespace stepd::dynamodb
