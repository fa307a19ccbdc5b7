#include "daemon/import/outcomes.h"

#include "base/payload.h"

#include <chrono>
#include <latch>
#include <nlohmann/json.hpp>

namespace stepd::daemon {
namespace {

constexpr std::chrono::seconds kPatience{10};
constexpr int kOk = 200;

Standing standing_of(const Result<tasks::HttpResponse>& response) {
  using Kind = Standing::Kind;
  if (!response) return {Kind::Unknown, ""};
  const auto body = parse_json(response->body);
  if (!body || !body->is_object()) return {Kind::Unknown, ""};
  if (response->status != kOk) {
    const bool absent = body->value("__type", "").ends_with("ExecutionDoesNotExist");
    return {absent ? Kind::Absent : Kind::Unknown, ""};
  }
  const auto status = body->value("status", "");
  if (status == "RUNNING" || status == "PENDING_REDRIVE") return {Kind::Running, ""};
  if (status == "SUCCEEDED") return {Kind::Succeeded, ""};
  const auto error = body->value("error", status);
  const auto cause = body->value("cause", "");
  return {Kind::Failed, cause.empty() ? error : error + ": " + cause};
}

}  // namespace

std::vector<Result<tasks::HttpResponse>> Outcomes::send(std::vector<tasks::HttpRequest> requests) {
  std::vector<Result<tasks::HttpResponse>> answers(requests.size(), AslError{});
  std::latch all(static_cast<std::ptrdiff_t>(requests.size()));
  for (std::size_t i = 0; i < requests.size(); ++i) {
    requests[i].timeout = kPatience;
    http_.send(std::to_string(i), std::move(requests[i]), [&, i](Result<tasks::HttpResponse> answer) {
      answers[i] = std::move(answer);
      all.count_down();
    });
  }
  all.wait();
  return answers;
}

bool Outcomes::answers() {
  tasks::HttpRequest request;
  request.method = "GET";
  request.url = url_ + "/health";
  const auto answer = send({request});
  return answer.front() && answer.front()->status == kOk;
}

std::vector<Standing> Outcomes::ask(const std::vector<std::string>& arns) {
  std::vector<tasks::HttpRequest> requests;
  for (const auto& arn : arns) {
    tasks::HttpRequest request;
    request.url = url_ + "/";
    request.fields = {{"Content-Type", "application/x-amz-json-1.0"},
                      {"X-Amz-Target", "AWSStepFunctions.DescribeExecution"}};
    request.body = print_json(Json{{"executionArn", arn}});
    requests.push_back(std::move(request));
  }
  std::vector<Standing> standings;
  for (const auto& answer : send(std::move(requests))) standings.push_back(standing_of(answer));
  return standings;
}

}  // namespace stepd::daemon
