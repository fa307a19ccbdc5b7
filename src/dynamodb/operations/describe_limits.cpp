// DescribeLimits: AWS's defaults; nothing is limited by them here. Source: DynamoDB API reference.
#include "dynamodb/dynamodb_operation.h"

#include <nlohmann/json.hpp>

namespace stepd::dynamodb {

extern const Operation describe_limits;
const Operation describe_limits{"DescribeLimits", [](const Json&, const Desk&) -> Answer {
                                  return Json{{"AccountMaxReadCapacityUnits", 80'000},
                                              {"AccountMaxWriteCapacityUnits", 80'000},
                                              {"TableMaxReadCapacityUnits", 40'000},
                                              {"TableMaxWriteCapacityUnits", 40'000}};
                                }};

}  // namespace stepd::dynamodb
