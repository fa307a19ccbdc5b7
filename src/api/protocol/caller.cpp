#include "api/protocol/caller.h"

#include "api/aws/aws_doors.h"

namespace stepd::api {

std::optional<Lineage> lineage_of_caller(const Request& request, const AwsDoors& doors) {
  if (!doors.lineage_of_session) return std::nullopt;
  std::string token(request.field("x-amz-security-token"));
  if (token.empty()) token = request.parameter("X-Amz-Security-Token").value_or("");
  return token.empty() ? std::nullopt : doors.lineage_of_session(token);
}

}  // namespace stepd::api
