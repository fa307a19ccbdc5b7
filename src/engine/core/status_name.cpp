#include "engine/core/status_name.h"

namespace stepd::core {

const char* status_name(Status status) {
  switch (status) {
    case Status::Running:
      return "RUNNING";
    case Status::Succeeded:
      return "SUCCEEDED";
    case Status::Failed:
      return "FAILED";
    case Status::TimedOut:
      return "TIMED_OUT";
    case Status::Aborted:
      return "ABORTED";
  }
  return "";
}

}  // namespace stepd::core
