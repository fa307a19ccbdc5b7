// Reading ARNs, with AWS's words for what is wrong with one.
#include "api/protocol/arn_parser.h"

namespace stepd::api {
namespace {

constexpr std::size_t kNameIndex = 6;

ApiError invalid_arn(const std::string& why) { return {"InvalidArn", "Invalid Arn: '" + why + "'"}; }

}  // namespace

std::vector<std::string> split_arn(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    const auto colon = text.find(':');
    parts.emplace_back(text.substr(0, colon));
    if (colon == std::string_view::npos) return parts;
    text.remove_prefix(colon + 1);
  }
}

Checked<Arn> parse_arn(std::string_view text) {
  if (!text.starts_with("arn:")) return invalid_arn("Invalid ARN prefix: " + std::string(text));
  const auto parts = split_arn(text);
  if (parts.size() <= kNameIndex) return invalid_arn("Invalid ARN length: " + std::string(text));
  if (parts[2] != "states") return invalid_arn("Invalid service namespace: " + std::string(text));
  Arn arn{parts[5], parts[kNameIndex], ""};
  for (std::size_t i = kNameIndex + 1; i < parts.size(); ++i) {
    arn.qualifier += (i == kNameIndex + 1 ? "" : ":") + parts[i];
  }
  if (arn.name.empty()) return invalid_arn("Invalid ARN: " + std::string(text));
  return arn;
}

Checked<Arn> state_machine_arn(std::string_view text) {
  auto arn = parse_arn(text);
  if (!arn.has_value()) return arn;
  if (arn->type != "stateMachine") return invalid_arn("Resource type not valid in this context: " + arn->type);
  if (arn->name.find('/') != std::string::npos) {
    return validation_error("This API does not support labeled ARNs", "API_DOES_NOT_SUPPORT_LABELED_ARNS");
  }
  if (arn->qualifier.find(':') != std::string::npos || text.ends_with(':')) {
    return invalid_arn("Invalid ARN: " + std::string(text));
  }
  return arn;
}

Checked<Arn> standard_execution_arn(std::string_view text) {
  auto arn = parse_arn(text);
  if (!arn.has_value()) return arn;
  if (arn->type != "execution") return invalid_arn("Resource type not valid in this context: " + arn->type);
  if (arn->qualifier.empty()) return invalid_arn("Invalid ARN length: " + std::string(text));
  return arn;
}

Checked<Arn> activity_arn(std::string_view text) {
  auto arn = parse_arn(text);
  if (!arn.has_value()) return arn;
  if (arn->type != "activity") return invalid_arn("Resource type not valid in this context: " + arn->type);
  if (!arn->qualifier.empty()) return invalid_arn("Invalid ARN: " + std::string(text));
  return arn;
}

Checked<Arn> map_run_arn(std::string_view text) {
  auto arn = parse_arn(text);
  if (!arn.has_value()) return arn;
  if (arn->type != "mapRun") return invalid_arn("Resource type not valid in this context: " + arn->type);
  if (arn->qualifier.empty()) return invalid_arn("Invalid ARN length: " + std::string(text));
  return arn;
}

std::optional<ApiError> check_role_arn(std::string_view text) {
  const auto parts = split_arn(text);
  const bool role =
      parts.size() == kNameIndex && parts[0] == "arn" && parts[2] == "iam" && parts[5].starts_with("role/");
  if (role) return std::nullopt;
  return ApiError("InvalidArn", "Invalid Role Arn: '" + std::string(text) + "'");
}

}  // namespace stepd::api
