// GetActivityTask (AWS API reference): a long poll, which holds a connection and no thread.
#include "api/operations/operation.h"
#include "api/protocol/arn_parser.h"
#include "api/protocol/members.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

Checked<run::PollActivity> read(const Json& arguments) {
  Members members(arguments);
  run::PollActivity request;
  request.activity_arn = members.required_string("activityArn", rules::kArn);
  request.worker = members.string("workerName", rules::kName).value_or("");
  if (auto fault = members.fault()) return std::move(*fault);
  if (const auto parsed = activity_arn(request.activity_arn); !parsed.has_value()) return parsed.error();
  return request;
}

Json render(const run::ActivityTask& task) {
  if (task.token.empty()) return Json{{"taskToken", nullptr}};
  return Json{{"taskToken", task.token}, {"input", task.input.text()}};
}

void wait_for_it(const Json& arguments, const Backend& backend, Waiting client) {
  auto request = read(arguments);
  if (!request.has_value()) return client.answer(request.error(), nullptr);
  auto leave =
      backend.gateway.poll_activity(std::move(*request), [answer = client.answer](run::Answer<run::ActivityTask> task) {
        if (!task.has_value()) return answer(to_api_error(task.error()), nullptr);
        answer(render(*task), task->lost);
      });
  client.on_leaving(std::move(leave));
}

}  // namespace

extern const Operation get_activity_task;
const Operation get_activity_task{.name = "GetActivityTask", .wait = wait_for_it};

}  // namespace stepd::api
