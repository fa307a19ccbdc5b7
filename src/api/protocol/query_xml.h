// The XML of answers and errors in AWS's query protocol (Smithy, "AWS query protocol").
#pragma once

#include "api/protocol/api_error.h"
#include "base/json.h"

#include <string>
#include <string_view>

namespace stepd::api {

/// `<OPERATIONResponse>` with its result and the id. A list is an array within an object, under the name of its
/// elements: `{"Topics": {"member": [...]}}`.
std::string query_answer(std::string_view xml_namespace, std::string_view operation, const Json& members,
                         std::string_view request_id);
/// `<ErrorResponse>` with the type Sender, or Receiver from status 500 on. The id is left out if it is empty.
std::string query_error(std::string_view xml_namespace, const ApiError& error, std::string_view request_id);

}  // namespace stepd::api
