#include "api/aws/ssm_parameter.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::api::ssm {
namespace {

/// Stands for what KMS would make of a value. It says nothing of it.
constexpr std::string_view kCiphertext = "AQICAHgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==";

}  // namespace

Checked<const AwsParameter*> find_parameter(const std::string& reference, const AwsDoors& doors) {
  std::string name = reference;
  constexpr std::string_view kMarker = ":parameter/";
  if (name.starts_with("arn:")) {
    const auto at = name.find(kMarker);
    name = at == std::string::npos ? std::string() : name.substr(at + kMarker.size());
  }
  const auto colon = name.find(':');
  const auto selector = colon == std::string::npos ? std::string() : name.substr(colon + 1);
  name = name.substr(0, colon);
  // An ARN has one slash before a name with and without one.
  const auto found = std::find_if(doors.parameters.begin(), doors.parameters.end(), [&](const auto& each) {
    return each.name == name || (reference.starts_with("arn:") && each.name == "/" + name);
  });
  if (found == doors.parameters.end()) {
    return ApiError("ParameterNotFound",
                    "There is no parameter " + reference + ". Parameters are configured under parameters:.");
  }
  if (!selector.empty() && selector != "1") {
    return ApiError("ParameterVersionNotFound", "Systems Manager could not find version " + selector + " of " +
                                                    found->name + ". Verify the version and try again.");
  }
  return &*found;
}

Checked<Json> shown_parameter(const AwsParameter& parameter, bool decrypted, const AwsDoors& doors) {
  std::string value(kCiphertext);
  if (parameter.type != "SecureString" || decrypted) {
    auto read = parameter.value();
    if (!read) {
      return ApiError("InternalServerError",
                      "The parameter " + parameter.name + " cannot be read: " + read.error().cause, 500);
    }
    value = *std::move(read);
  }
  const auto slash = parameter.name.starts_with('/') ? "" : "/";
  return Json{{"ARN", arn_of(doors, "ssm", "parameter" + (slash + parameter.name))},
              {"DataType", "text"},
              {"LastModifiedDate", to_epoch_seconds(parameter.modified)},
              {"Name", parameter.name},
              {"Type", parameter.type},
              {"Value", std::move(value)},
              {"Version", 1}};
}

}  // namespace stepd::api::ssm
