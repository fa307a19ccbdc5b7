// Amazon DynamoDB over the tables of items (DynamoDB API reference). The operations themselves are those of the room
// dynamodb, which Task states call as well; here they get their place on the wire.
#include "api/aws/aws_doors.h"
#include "api/protocol/aws_service.h"
#include "base/assert.h"
#include "base/payload.h"
#include "dynamodb/dynamodb_operation.h"

#include <array>
#include <boost/crc.hpp>
#include <nlohmann/json.hpp>
#include <utility>

namespace stepd::api {
namespace {

constexpr std::size_t kOperations = 19;

template <std::size_t at>
void run_at(const Json& arguments, const Backend& backend, Answered answered) {
  const auto& doors = doors_of(backend);
  const dynamodb::Desk desk{backend.items, backend.clock, doors.region, doors.account};
  auto answer = dynamodb::operations()[at]->run(arguments, desk);
  if (answer) return answered(*std::move(answer));
  const auto& failure = answer.error();
  ApiError error(failure.type, failure.message, failure.status());
  if (!failure.members.empty()) error.details = Payload::trusted(failure.members);
  answered(std::move(error));
}

/// One operation of the wire for each of the room's, in its order.
struct WireOperations {
  template <std::size_t... at>
  explicit WireOperations(std::index_sequence<at...>)
      : operations{Operation{dynamodb::operations()[at]->name, run_at<at>}...}, pointers{&operations[at]...} {}

  std::array<Operation, kOperations> operations;
  std::array<const Operation*, kOperations> pointers;
};

std::span<const Operation* const> wire_operations() {
  STEPD_ASSERT(dynamodb::operations().size() == kOperations);
  static const WireOperations kWire{std::make_index_sequence<kOperations>()};
  return kWire.pointers;
}

Json error_body(const ApiError& error) {
  dynamodb::Failure failure(error.type, error.message);
  if (error.details) failure.members = error.details->text();
  return dynamodb::body_of(failure);
}

/// AWS says nothing of what is wrong with JSON.
Checked<Json> read_body(const std::string& body) {
  if (body.empty()) return Json::object();
  auto arguments = parse_json(body);
  if (!arguments || !arguments->is_object()) return ApiError("SerializationException", "");
  return *std::move(arguments);
}

/// Clients that check it take an answer without it for whole.
void add_checksum(Response& response) {
  boost::crc_32_type crc;
  crc.process_bytes(response.body.data(), response.body.size());
  response.fields.push_back({"x-amz-crc32", std::to_string(crc.checksum())});
}

}  // namespace

extern const AwsService dynamodb_service;
const AwsService dynamodb_service{
    .name = ServiceName::DynamoDb,
    .title = "Amazon DynamoDB",
    .target = "DynamoDB_20120810",
    .media_type = "application/x-amz-json-1.0",
    .body_bytes_max = 16'777'216,
    .operations = wire_operations(),
    .advice = "Tables are configured under tables:, or made by CreateTable.",
    .error_body = error_body,
    .read_body = read_body,
    .complete = add_checksum,
};

}  // namespace stepd::api
