// DeleteItem. Source: DynamoDB API reference.
#include "dynamodb/single_write.h"

#include <nlohmann/json.hpp>

namespace stepd::dynamodb {

extern const Operation delete_item;
const Operation delete_item{"DeleteItem", [](const Json& arguments, const Desk& desk) {
                              return write_single_item(arguments, desk, ItemWrite::Kind::Delete);
                            }};

}  // namespace stepd::dynamodb
