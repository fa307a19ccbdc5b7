// SendTaskHeartbeat (AWS API reference): its worker still works on the task.
#include "api/protocol/task_answer.h"

#include <nlohmann/json.hpp>

namespace stepd::api {

extern const Operation send_task_heartbeat;
const Operation send_task_heartbeat{"SendTaskHeartbeat",
                                    [](const Json& arguments, const Backend& backend, Answered answered) {
                                      Members members(arguments);
                                      answer_task(members, run::AnswerTask::Heartbeat{}, backend, std::move(answered));
                                    }};

}  // namespace stepd::api
