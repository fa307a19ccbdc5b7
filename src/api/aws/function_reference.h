// How a request names a Lambda function (Lambda API reference: FunctionName).
#pragma once

#include "api/protocol/api_error.h"

#include <string>
#include <string_view>

namespace stepd::api {

struct FunctionReference {
  std::string region;  ///< empty: the reference has none
  std::string name;
  std::string qualifier;  ///< empty: the reference has none
};

/// A name, a partial ARN or an ARN, each perhaps with a qualifier. ValidationException, in AWS's words, for other
/// texts.
Checked<FunctionReference> read_function_reference(std::string_view text);

}  // namespace stepd::api
