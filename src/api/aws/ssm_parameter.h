// Parameters of the configuration as SSM shows them (Systems Manager API reference: Parameter).
#pragma once

#include "api/aws/aws_doors.h"
#include "api/operations/operation.h"
#include "api/protocol/api_error.h"
#include "base/json.h"

#include <string>

namespace stepd::api::ssm {

/// `reference`: a name, perhaps with `:VERSION` or `:LABEL`, or an ARN. There is one version, 1, and no label.
/// Errors: ParameterNotFound, ParameterVersionNotFound.
Checked<const AwsParameter*> find_parameter(const std::string& reference, const AwsDoors& doors);

/// Without `decrypted`, a SecureString has a text in place of its value. Error: the value cannot be read.
Checked<Json> shown_parameter(const AwsParameter& parameter, bool decrypted, const AwsDoors& doors);

}  // namespace stepd::api::ssm
