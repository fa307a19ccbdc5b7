// AWS query (Smithy, "AWS query protocol"): a form names the operation and its members, and the answer is XML.
#include "api/protocol/aws_service.h"
#include "api/protocol/form.h"
#include "api/protocol/query_xml.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr std::string_view kFormMediaType = "application/x-www-form-urlencoded";

class QueryProtocol final : public Protocol {
 public:
  Checked<std::string> operation_of(const AwsService& service, const Request& request) const override {
    // Any web page can send a form without asking first, but not with this field.
    if (!request.has_field("authorization")) {
      return ApiError("MissingAuthenticationToken", "Request is missing Authentication Token", 403);
    }
    if (request.media_type() != kFormMediaType) {
      return ApiError("UnsupportedMediaType", "The content type must be " + std::string(kFormMediaType), 415);
    }
    auto action = form_field(request.body, "Action");
    if (!action || action->empty()) return ApiError("MissingAction", "The form field Action is missing");
    const auto version = form_field(request.body, "Version").value_or("");
    if (!service.version.empty() && version != service.version) {
      return ApiError("InvalidAction", "Could not find operation " + *action + " for version " +
                                           (version.empty() ? "NO_VERSION_SPECIFIED" : version));
    }
    return *std::move(action);
  }

  Checked<Json> arguments_of(const AwsService&, const Request& request) const override {
    auto arguments = read_form(request.body);
    if (!arguments.has_value()) return arguments;
    arguments->erase("Action");
    arguments->erase("Version");
    return arguments;
  }

  Response answer(const AwsService& service, std::string_view operation, const Json& members,
                  const std::string& request_id) const override {
    return respond(service, 200, query_answer(service.xml_namespace, operation, members, request_id));
  }

  Response error(const AwsService& service, const ApiError& error, const std::string& request_id) const override {
    return respond(service, error.status, query_error(service.xml_namespace, error, request_id));
  }

 private:
  static Response respond(const AwsService& service, int status, std::string body) {
    Response response;
    response.status = status;
    response.fields.push_back({"Content-Type", "text/xml"});
    response.body = std::move(body);
    if (service.complete != nullptr) service.complete(response);
    return response;
  }
};

}  // namespace

const Protocol& query_protocol() {
  static const QueryProtocol protocol;
  return protocol;
}

}  // namespace stepd::api
