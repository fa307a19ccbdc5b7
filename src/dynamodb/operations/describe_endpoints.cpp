// DescribeEndpoints: AWS's own address, which clients with an endpoint of their own do not ask for. Source: DynamoDB
// API reference.
#include "dynamodb/dynamodb_operation.h"

#include <nlohmann/json.hpp>

namespace stepd::dynamodb {

extern const Operation describe_endpoints;
const Operation describe_endpoints{
    "DescribeEndpoints", [](const Json&, const Desk& desk) -> Answer {
      Json endpoint{{"Address", "dynamodb." + desk.region + ".amazonaws.com"}, {"CachePeriodInMinutes", 1440}};
      return Json{{"Endpoints", Json::array({std::move(endpoint)})}};
    }};

}  // namespace stepd::dynamodb
