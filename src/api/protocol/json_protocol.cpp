// AWS JSON 1.0 and 1.1 (Smithy, "AWS JSON protocol"): the operation is in a header field, and members are JSON.
#include "api/protocol/aws_service.h"
#include "base/payload.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace stepd::api {
namespace {

constexpr std::array<std::string_view, 3> kJsonMediaTypes = {"application/x-amz-json-1.0", "application/x-amz-json-1.1",
                                                             "application/json"};

Json plain_error_body(const ApiError& error) {
  Json body{{"__type", error.type}, {"message", error.message}};
  for (const auto& [name, value] : error.members) body[name] = value;
  if (error.details) body.update(error.details->json());
  return body;
}

class JsonProtocol final : public Protocol {
 public:
  Checked<std::string> operation_of(const AwsService& service, const Request& request) const override {
    // Pages of other sites can send other types without asking first.
    const auto type = request.media_type();
    if (std::find(kJsonMediaTypes.begin(), kJsonMediaTypes.end(), type) == kJsonMediaTypes.end()) {
      return ApiError("UnsupportedMediaTypeException", "The content type must be " + std::string(service.media_type),
                      415);
    }
    const auto target = request.field("x-amz-target");
    const auto dot = target.find('.');
    if (target.empty() || dot + 1 == target.size()) return ApiError("UnknownOperationException", "No X-Amz-Target");
    if (target.substr(0, dot) != service.target) return ApiError("UnknownOperationException", "Unknown operation");
    return std::string(target.substr(dot + 1));
  }

  Checked<Json> arguments_of(const AwsService& service, const Request& request) const override {
    if (service.read_body != nullptr) return service.read_body(request.body);
    if (request.body.empty()) return Json::object();
    auto arguments = parse_json(request.body);
    if (!arguments.has_value()) return ApiError("SerializationException", arguments.error().cause);
    if (!arguments->is_object()) return ApiError("SerializationException", "Start of structure expected");
    return std::move(*arguments);
  }

  Response answer(const AwsService& service, std::string_view, const Json& members, const std::string&) const override {
    return json_answer(service, 200, print_json(members));
  }

  Response error(const AwsService& service, const ApiError& error, const std::string&) const override {
    return json_answer(service, error.status,
                       print_json(service.error_body != nullptr ? service.error_body(error) : plain_error_body(error)));
  }
};

}  // namespace

Response json_answer(const AwsService& service, int status, std::string json) {
  Response response;
  response.status = status;
  response.fields.push_back({"Content-Type", std::string(service.media_type)});
  response.body = std::move(json);
  if (service.complete != nullptr) service.complete(response);
  return response;
}

const Protocol& json_protocol() {
  static const JsonProtocol protocol;
  return protocol;
}

}  // namespace stepd::api
