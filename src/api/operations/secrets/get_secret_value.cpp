// GetSecretValue (Secrets Manager API reference): the current version of a secret of the configuration.
#include "api/aws/aws_doors.h"
#include "api/operations/operation.h"
#include "api/protocol/members.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/value/escape.h"
#include "engine/run/uuid.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr std::string_view kCurrent = "AWSCURRENT";
constexpr std::size_t kSuffixChars = 6;

/// AWS appends six random characters; these follow from the name.
std::string secret_arn(const AwsSecret& secret, const AwsDoors& doors) {
  return arn_of(doors, "secretsmanager",
                "secret:" + secret.name + "-" + to_hex(sha256(secret.name)).substr(0, kSuffixChars));
}

const AwsSecret* find_secret(const std::string& id, const AwsDoors& doors) {
  const auto found = std::find_if(doors.secrets.begin(), doors.secrets.end(), [&](const auto& secret) {
    const auto arn = secret_arn(secret, doors);
    return secret.name == id || arn == id || arn.substr(0, arn.size() - kSuffixChars - 1) == id;
  });
  return found == doors.secrets.end() ? nullptr : &*found;
}

ApiError cannot_find(const std::string& what) {
  return {"ResourceNotFoundException", "Secrets Manager can't find the specified secret" + what};
}

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  Members members(arguments);
  const auto id = members.required_string("SecretId", {1, 2'048});
  const auto version = members.string("VersionId", {32, 64});
  const auto stage = members.string("VersionStage", {1, 256});
  if (auto fault = members.fault()) return answered(*std::move(fault));
  const auto& doors = doors_of(backend);
  const auto* secret = find_secret(id, doors);
  if (secret == nullptr) return answered(cannot_find("."));
  const auto known = run::uuid_of("secret/" + secret->name);
  if (version && *version != known) return answered(cannot_find(" value for VersionId: " + *version));
  if (stage && *stage != kCurrent) {
    if (!version) return answered(cannot_find(" value for staging label: " + *stage));
    return answered(ApiError("InvalidRequestException",
                             "You provided a VersionStage that is not associated to the provided VersionId."));
  }
  auto value = secret->value();
  if (!value) {
    return answered(ApiError("InternalServiceError",
                             "The secret " + secret->name + " cannot be read: " + value.error().cause, 500));
  }
  Json answer{{"ARN", secret_arn(*secret, doors)},
              {"CreatedDate", to_epoch_seconds(secret->created)},
              {"Name", secret->name},
              {"VersionId", known},
              {"VersionStages", Json::array({kCurrent})}};
  if (is_utf8(*value)) {
    answer["SecretString"] = *std::move(value);
  } else {
    answer["SecretBinary"] = to_base64(*value);
  }
  answered(std::move(answer));
}

}  // namespace

extern const Operation secrets_get_secret_value;
const Operation secrets_get_secret_value{"GetSecretValue", run_it};

}  // namespace stepd::api
