// The services of `POST /`, and those that are known without being served.
#include "api/protocol/aws_service.h"
#include "base/limits.h"

#include <array>

namespace stepd::api {

extern const AwsService dynamodb_service, logs_service, rekognition_service, secrets_service, sns_service, ssm_service,
    sts_service;

namespace {

constexpr std::string_view kJson10 = "application/x-amz-json-1.0";
constexpr std::string_view kJson11 = "application/x-amz-json-1.1";
constexpr std::string_view kElsewhere =
    "A client calls one service elsewhere if AWS_ENDPOINT_URL_SERVICE, with the service's identifier, is the address "
    "of "
    "a server that has it.";

constexpr AwsService kSqs{
    .name = ServiceName::Sqs,
    .title = "Amazon SQS",
    .media_type = kJson10,
    .body_bytes_max = limits::kRequestBytes,
    .advice =
        "Set AWS_ENDPOINT_URL_SQS to the address of a server that has queues. Within stepd, topics: tells "
        "subscribers, and rules: and notifications: start executions.",
};
constexpr AwsService kEvents{
    .name = ServiceName::Events,
    .title = "Amazon EventBridge",
    .media_type = kJson11,
    .body_bytes_max = limits::kRequestBytes,
    .advice =
        "Set AWS_ENDPOINT_URL_EVENTBRIDGE to the address of a server that has event buses. Within stepd, rules: in "
        "the configuration stands for rules of the default bus.",
};
constexpr AwsService kMonitoring{
    .name = ServiceName::Monitoring,
    .title = "Amazon CloudWatch",
    .media_type = kJson10,
    .body_bytes_max = limits::kRequestBytes,
    .advice = "Set AWS_ENDPOINT_URL_CLOUDWATCH to the address of a server that keeps metrics.",
};
// Its paths are routes (routes/lambda_routes.h): this is for the others.
constexpr AwsService kLambda{
    .name = ServiceName::Lambda,
    .title = "AWS Lambda beyond Invoke, ListFunctions, GetFunction and GetFunctionConfiguration",
    .media_type = kJson11,
    .body_bytes_max = limits::kRequestBytes,
    .advice = "Functions are configured under functions:.",
};
constexpr AwsService kUnknownJson{
    .media_type = kJson11,
    .body_bytes_max = limits::kRequestBytes,
    .advice = kElsewhere,
};
constexpr AwsService kUnknownQuery{
    .protocol = query_protocol,
    .body_bytes_max = limits::kRequestBytes,
    .advice = kElsewhere,
};

}  // namespace

std::span<const AwsService* const> services() {
  static constexpr std::array kServices = {
      &states_service,       //
      &dynamodb_service,     //
      &logs_service,         //
      &rekognition_service,  //
      &secrets_service,      //
      &sns_service,          //
      &ssm_service,          //
      &sts_service,          //
  };
  return kServices;
}

std::span<const AwsService* const> unserved_services() {
  static constexpr std::array kUnserved = {&kSqs, &kEvents, &kMonitoring, &kLambda};
  return kUnserved;
}

const AwsService& unknown_json_service() { return kUnknownJson; }
const AwsService& unknown_query_service() { return kUnknownQuery; }

}  // namespace stepd::api
