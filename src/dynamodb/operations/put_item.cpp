// PutItem. Source: DynamoDB API reference.
#include "dynamodb/single_write.h"

#include <nlohmann/json.hpp>

namespace stepd::dynamodb {

extern const Operation put_item;
const Operation put_item{"PutItem", [](const Json& arguments, const Desk& desk) {
                           return write_single_item(arguments, desk, ItemWrite::Kind::Put);
                         }};

}  // namespace stepd::dynamodb
