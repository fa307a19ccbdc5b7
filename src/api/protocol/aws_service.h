// A service of `POST /`: how its requests are told from those of others, which protocol they come in, what its errors
// look like, and its operations. To add a service is a file (operations/<service>/registry.cpp) and a line in
// operations/registry.cpp; to add an operation is a file there and a line in the registry of its service.
#pragma once

#include "api/http.h"
#include "api/operations/operation.h"
#include "api/protocol/api_error.h"
#include "api/protocol/service_name.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace stepd::api {

struct AwsService;

/// How requests, answers and errors are carried. Thread: any.
class Protocol {
 public:
  virtual ~Protocol() = default;
  /// The name of the operation that is asked for. Error: the request cannot be one of this protocol.
  virtual Checked<std::string> operation_of(const AwsService& service, const Request& request) const = 0;
  /// The operation's members as a JSON object.
  virtual Checked<Json> arguments_of(const AwsService& service, const Request& request) const = 0;
  virtual Response answer(const AwsService& service, std::string_view operation, const Json& members,
                          const std::string& request_id) const = 0;
  /// `request_id` is empty where the request has none yet.
  virtual Response error(const AwsService& service, const ApiError& error, const std::string& request_id) const = 0;
};

/// AWS JSON 1.0 and 1.1: the operation in X-Amz-Target, members as a JSON object. Which of both is
/// AwsService::media_type.
const Protocol& json_protocol();
/// AWS query: a form with Action and Version, answered by XML.
const Protocol& query_protocol();

/// The answer, or the error, of a service of AWS JSON whose body is `json`.
Response json_answer(const AwsService& service, int status, std::string json);

struct AwsService {
  ServiceName name = ServiceName::None;
  std::string_view title;  ///< as AWS writes it
  const Protocol& (*protocol)() = json_protocol;
  std::string_view target = {};                       ///< JSON: X-Amz-Target up to its dot
  std::string_view media_type = {};                   ///< JSON: of answers
  std::string_view version = {};                      ///< query: of the form field Version
  std::string_view xml_namespace = {};                ///< query: of answers
  std::uint64_t body_bytes_max = 0;                   ///< more is 413
  std::span<const Operation* const> operations = {};  ///< none: the service is known, and not served
  bool is_whole = false;         ///< AWS has no further operations: others are UnknownOperationException, not 501
  std::string_view advice = {};  ///< whole sentences: what to do for what is not served
  /// JSON: the body of an error. Null: `{"__type", "message", ...}`.
  Json (*error_body)(const ApiError& error) = nullptr;
  /// JSON: reads a body. Null: an object, or nothing for an object without members; else SerializationException.
  Checked<Json> (*read_body)(const std::string& body) = nullptr;
  /// Sees every answer and error last, such as for a checksum in a field. Null: nothing is done.
  void (*complete)(Response& response) = nullptr;
};

/// Every service that has operations, Step Functions first: it gets the requests that name no service.
std::span<const AwsService* const> services();
/// Services that are not served, known by name for the sake of their errors.
std::span<const AwsService* const> unserved_services();
/// Stand for a service that is in neither list.
const AwsService& unknown_json_service();
const AwsService& unknown_query_service();

/// Step Functions, whose errors some routes borrow.
extern const AwsService states_service;

/// 501: the operation, or the service if it has no operations, is not served. `scope`: what the request was signed for,
/// perhaps empty. The message says what is, and what to configure.
ApiError not_served(const AwsService& service, std::string_view operation, std::string_view scope);

}  // namespace stepd::api
