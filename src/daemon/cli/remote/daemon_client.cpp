#include "daemon/cli/remote/daemon_client.h"

#include "base/payload.h"

#include <future>
#include <nlohmann/json.hpp>

namespace stepd::daemon {
namespace {

constexpr std::chrono::minutes kTimeout{6};  // StartSyncExecution may take five

AslError error_of(const tasks::HttpResponse& response, const std::string& endpoint) {
  const auto body = parse_json(response.body);
  if (body.has_value() && body->is_object() && body->contains("__type") && (*body)["__type"].is_string()) {
    const auto message = body->contains("message") ? (*body)["message"] : body->value("Message", Json());
    auto name = (*body)["__type"].get<std::string>();
    name.erase(0, name.rfind('#') + 1);
    return AslError{name, message.is_string() ? message.get<std::string>() : ""};
  }
  return AslError{"Http.Unexpected",
                  endpoint + " answers with status " + std::to_string(response.status) + "; is that stepd?"};
}

}  // namespace

DaemonClient::DaemonClient(std::string endpoint) : endpoint_(std::move(endpoint)) {
  while (endpoint_.ends_with('/')) endpoint_.pop_back();
}

Result<tasks::HttpResponse> DaemonClient::send(tasks::HttpRequest request) {
  request.timeout = kTimeout;
  std::promise<Result<tasks::HttpResponse>> promise;
  auto answer = promise.get_future();
  http_.send("request", std::move(request),
             [&promise](Result<tasks::HttpResponse> response) { promise.set_value(std::move(response)); });
  return answer.get();
}

Result<Json> DaemonClient::call(std::string_view operation, const Json& arguments) {
  return call_service("AWSStepFunctions." + std::string(operation), arguments);
}

Result<Json> DaemonClient::call_service(std::string_view target, const Json& arguments) {
  tasks::HttpRequest request;
  request.url = endpoint_ + "/";
  request.fields = {{"Content-Type", "application/x-amz-json-1.0"}, {"X-Amz-Target", std::string(target)}};
  request.body = print_json(arguments);
  const auto response = send(std::move(request));
  if (!response) return response.error();
  if (response->status != 200) return error_of(*response, endpoint_);
  auto body = parse_json(response->body);
  if (!body.has_value() || !body->is_object()) return error_of(*response, endpoint_);
  return std::move(*body);
}

Result<void> DaemonClient::pages(std::string_view operation, Json arguments,
                                 const std::function<bool(const Json& page)>& each) {
  for (;;) {
    const auto page = call(operation, arguments);
    if (!page) return page.error();
    if (!each(*page) || !page->contains("nextToken")) return {};
    arguments["nextToken"] = (*page)["nextToken"];
  }
}

Result<std::string> DaemonClient::get(const std::string& path) {
  tasks::HttpRequest request;
  request.method = "GET";
  request.url = endpoint_ + path;
  auto response = send(std::move(request));
  if (!response) return response.error();
  if (response->status != 200) return error_of(*response, endpoint_);
  return std::move(response->body);
}

}  // namespace stepd::daemon
