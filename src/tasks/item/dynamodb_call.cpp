// dynamodb.call: an operation of DynamoDB's API on the tables, as its clients call it. Errors have the names of the
// API, such as ConditionalCheckFailedException.
#include "dynamodb/dynamodb_operation.h"
#include "tasks/arguments.h"
#include "tasks/handler_factories.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

class DynamoDbCall final : public Handler {
 public:
  DynamoDbCall(ItemStore& items, const Clock& clock) : items_(items), clock_(clock) {}

  Result<Json> invoke(const Invocation& invocation) override {
    Arguments arguments(invocation.event);
    const auto name = arguments.text("operation");
    const Json* parameters = arguments.optional_object("parameters");
    const auto* operation = dynamodb::find_operation(name);
    if (operation == nullptr && !name.empty()) arguments.refuse("operation", "there is no such operation");
    STEPD_CHECK(arguments.finish());
    static const Json kNone = Json::object();
    const dynamodb::Desk desk{items_, clock_, "us-east-1", "123456789012", invocation.attempt};
    auto answer = operation->run(parameters == nullptr ? kNone : *parameters, desk);
    if (!answer) return AslError{answer.error().type, answer.error().message};
    return *std::move(answer);
  }

 private:
  ItemStore& items_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<Handler> make_dynamodb_call(const Surroundings& surroundings) {
  return std::make_unique<DynamoDbCall>(surroundings.items, surroundings.clock);
}

}  // namespace stepd::tasks
