// AWS Systems Manager, as far as its parameters are read (Systems Manager API reference).
#include "api/protocol/aws_service.h"

#include <array>

namespace stepd::api {

extern const Operation ssm_get_parameter, ssm_get_parameters, ssm_get_parameters_by_path;

namespace {

constexpr std::array kSsmOperations = {
    &ssm_get_parameter,           //
    &ssm_get_parameters,          //
    &ssm_get_parameters_by_path,  //
};

}  // namespace

extern const AwsService ssm_service;
const AwsService ssm_service{
    .name = ServiceName::Ssm,
    .title = "AWS Systems Manager",
    .target = "AmazonSSM",
    .media_type = "application/x-amz-json-1.1",
    .body_bytes_max = 65'536,
    .operations = kSsmOperations,
    .advice = "Parameters are configured under parameters:, as values or files.",
};

}  // namespace stepd::api
