// CreateLogGroup (CloudWatch Logs API reference): makes the group's file. Tags, keys and classes are not kept.
#include "api/aws/log_events.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  Members members(arguments);
  const auto name = logs::read_new_name(members, "logGroupName");
  if (auto fault = logs::fault_of(members)) return answered(*std::move(fault));
  const auto& doors = doors_of(backend);
  if (doors.logs == nullptr) return answered(internal_error());
  const auto made = doors.logs->create(name);
  if (!made) return answered(ApiError("ServiceUnavailableException", made.error().cause, 503));
  if (!*made) return answered(ApiError("ResourceAlreadyExistsException", "The specified log group already exists"));
  answered(Json::object());
}

}  // namespace

extern const Operation logs_create_log_group;
const Operation logs_create_log_group{"CreateLogGroup", run_it};

}  // namespace stepd::api
