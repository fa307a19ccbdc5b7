// AWS STS, as far as clients ask who they are (STS API reference, version 2011-06-15).
#include "api/protocol/aws_service.h"
#include "base/limits.h"

#include <array>

namespace stepd::api {

extern const Operation sts_get_caller_identity;

namespace {

constexpr std::array kStsOperations = {
    &sts_get_caller_identity,  //
};

}  // namespace

extern const AwsService sts_service;
const AwsService sts_service{
    .name = ServiceName::Sts,
    .title = "AWS STS",
    .protocol = query_protocol,
    .version = "2011-06-15",
    .xml_namespace = "https://sts.amazonaws.com/doc/2011-06-15/",
    .body_bytes_max = 65'536,
    .operations = kStsOperations,
    .advice = "stepd verifies no credentials: clients may use any, and need no role.",
};

}  // namespace stepd::api
