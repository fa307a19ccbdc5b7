// GetCallerIdentity (STS API reference): everybody is one user of the configured account.
#include "api/aws/aws_doors.h"
#include "api/operations/operation.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

void run_it(const Json&, const Backend& backend, Answered answered) {
  const auto& account = doors_of(backend).account;
  answered(Json{
      {"Arn", "arn:aws:iam::" + account + ":user/stepd"}, {"UserId", "AIDASTEPD00000000000"}, {"Account", account}});
}

}  // namespace

extern const Operation sts_get_caller_identity;
const Operation sts_get_caller_identity{"GetCallerIdentity", run_it};

}  // namespace stepd::api
