// Resource: what the field Resource of a Task names (AWS dev guide: Calling other AWS services; Step Functions
// activities).
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace stepd::asl {

struct Resource {
  enum class Kind : unsigned char { LambdaFunction, Activity, Service };
  enum class Pattern : unsigned char { RequestResponse, Sync, Sync2, WaitForTaskToken };

  Kind kind = Kind::LambdaFunction;
  Pattern pattern = Pattern::RequestResponse;
  std::string arn;      ///< as written
  std::string service;  ///< of Kind::Service: `lambda`, `sns`, `aws-sdk:s3`: AWS's resourceType
  std::string action;   ///< of Kind::Service: `invoke`, `publish.waitForTaskToken`: AWS's resource
  std::string name;     ///< function name with qualifier, or activity name

  /// DEVIATION: a bare name, which a placeholder may leave, is a Lambda function; AWS refuses it. The error has AWS's
  /// message as its cause, and no name.
  static Result<Resource> parse(std::string_view arn);
};

/// The pattern that the suffix of a service's action names: `.sync`, `.sync:2`, `.waitForTaskToken` or none.
Resource::Pattern pattern_of(std::string_view action);

/// The function name in a Lambda ARN, partial ARN (`123:function:f`) or bare name, without the qualifier.
std::string function_name(std::string_view reference);

}  // namespace stepd::asl
