// What SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat share: they answer a task by its token.
#pragma once

#include "api/operations/operation.h"
#include "api/protocol/members.h"

namespace stepd::api {

/// Takes `taskToken` as well; `said` has been read from the same members, whose faults are told first.
void answer_task(Members& members, decltype(run::AnswerTask::answer) said, const Backend& backend, Answered answered);

}  // namespace stepd::api
