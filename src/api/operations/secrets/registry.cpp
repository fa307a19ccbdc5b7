// AWS Secrets Manager, as far as secrets are read (Secrets Manager API reference).
#include "api/protocol/aws_service.h"

#include <array>
#include <nlohmann/json.hpp>

namespace stepd::api {

extern const Operation secrets_get_secret_value;

namespace {

constexpr std::array kSecretsOperations = {
    &secrets_get_secret_value,  //
};

/// Other JSON services write `message`.
Json secrets_error_body(const ApiError& error) { return {{"__type", error.type}, {"Message", error.message}}; }

}  // namespace

extern const AwsService secrets_service;
const AwsService secrets_service{
    .name = ServiceName::SecretsManager,
    .title = "AWS Secrets Manager",
    .target = "secretsmanager",
    .media_type = "application/x-amz-json-1.1",
    .body_bytes_max = 65'536,
    .operations = kSecretsOperations,
    .advice = "Secrets are configured under secrets:, as files or environment variables.",
    .error_body = secrets_error_body,
};

}  // namespace stepd::api
