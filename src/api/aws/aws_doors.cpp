#include "api/aws/aws_doors.h"

namespace stepd::api {

const AwsDoors& doors_of(const Backend& backend) {
  static const AwsDoors none;
  return backend.aws != nullptr ? *backend.aws : none;
}

std::string arn_of(const AwsDoors& doors, std::string_view service, std::string_view resource) {
  std::string arn = "arn:aws:";
  arn.append(service).append(":").append(doors.region).append(":").append(doors.account).append(":").append(resource);
  return arn;
}

}  // namespace stepd::api
