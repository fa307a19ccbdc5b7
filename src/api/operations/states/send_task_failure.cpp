// SendTaskFailure (AWS API reference): the task failed so.
#include "api/protocol/task_answer.h"

#include <nlohmann/json.hpp>

namespace stepd::api {

extern const Operation send_task_failure;
const Operation send_task_failure{
    "SendTaskFailure", [](const Json& arguments, const Backend& backend, Answered answered) {
      Members members(arguments);
      answer_task(members,
                  core::Failure{members.string("error", rules::kError), members.string("cause", rules::kCause)},
                  backend, std::move(answered));
    }};

}  // namespace stepd::api
