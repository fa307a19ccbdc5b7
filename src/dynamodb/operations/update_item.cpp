// UpdateItem. Source: DynamoDB API reference.
#include "dynamodb/single_write.h"

#include <nlohmann/json.hpp>

namespace stepd::dynamodb {

extern const Operation update_item;
const Operation update_item{"UpdateItem", [](const Json& arguments, const Desk& desk) {
                              return write_single_item(arguments, desk, ItemWrite::Kind::Update);
                            }};

}  // namespace stepd::dynamodb
