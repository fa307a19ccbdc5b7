#include "api/protocol/task_answer.h"

#include <nlohmann/json.hpp>

namespace stepd::api {

void answer_task(Members& members, decltype(run::AnswerTask::answer) said, const Backend& backend, Answered answered) {
  run::AnswerTask request{members.required_string("taskToken", rules::kTaskToken), std::move(said)};
  if (auto fault = members.fault()) return answered(std::move(*fault));
  backend.gateway.answer_task(
      std::move(request), rendered<std::monostate>(std::move(answered), [](std::monostate) { return Json::object(); }));
}

}  // namespace stepd::api
