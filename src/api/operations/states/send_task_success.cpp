// SendTaskSuccess (AWS API reference): the task has this output.
#include "api/protocol/task_answer.h"

#include <nlohmann/json.hpp>

namespace stepd::api {

extern const Operation send_task_success;
const Operation send_task_success{
    "SendTaskSuccess", [](const Json& arguments, const Backend& backend, Answered answered) {
      Members members(arguments);
      answer_task(members, run::AnswerTask::Success{members.required_string("output", rules::kPayload)}, backend,
                  std::move(answered));
    }};

}  // namespace stepd::api
