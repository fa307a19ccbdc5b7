// CreateLogStream (CloudWatch Logs API reference): leaves a mark of the stream in the group's file.
#include "api/aws/log_events.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  Members members(arguments);
  const auto stream = logs::read_new_name(members, "logStreamName");
  const auto& doors = doors_of(backend);
  const auto group = logs::read_group(members, doors);
  if (!group.has_value()) return answered(group.error());
  if (doors.log_writer == nullptr) return answered(internal_error());
  doors.log_writer->settle();
  if (logs::has_stream(doors, *group, stream)) {
    return answered(ApiError("ResourceAlreadyExistsException", "The specified log stream already exists"));
  }
  const auto now = backend.clock.now().time_since_epoch().count();
  doors.log_writer->append(*group, logs::line_of({now, stream, "", true}));
  doors.log_writer->settle();
  answered(Json::object());
}

}  // namespace

extern const Operation logs_create_log_stream;
const Operation logs_create_log_stream{"CreateLogStream", run_it};

}  // namespace stepd::api
