// What the DynamoDB integrations share: tables, expressions and errors as DynamoDB words them, for both ways to call
// it, `dynamodb:...` and `aws-sdk:dynamodb:...`, which name errors differently.
#pragma once

#include "services/integrations/handler_call.h"

#include <initializer_list>
#include <memory>
#include <string_view>

namespace stepd::services::dynamodb {

/// For `dynamodb:...` the answer carries SdkHttpMetadata and SdkResponseMetadata.
void call_item_handler(const Workbench& bench, run::TaskCall call, integrations::Translate translate);

/// PutItem and DeleteItem: `parameter` (Item, Key) is `argument` of `handler`; the answer has Attributes where the old
/// item was asked for and there was one.
Result<integrations::HandlerCall> translate_write(tasks::Arguments& parameters, const char* parameter,
                                                  std::string_view handler, const char* argument);
/// What item.query answers: Count, Items, LastEvaluatedKey, ScannedCount.
Json page_of_items(const Json& result);

/// The parameters that all operations share, as members of the event of an item handler: TableName becomes `table`;
/// ConditionExpression and FilterExpression become `condition` and `filter`, ProjectionExpression `attributes`,
/// UpdateExpression `operations`, Key, Item and ExclusiveStartKey plain JSON under the names that `event` gives them.
class ItemRequest {
 public:
  explicit ItemRequest(tasks::Arguments& parameters);
  ~ItemRequest();

  /// Required, typed members.
  void members(const char* parameter, const char* argument);
  void optional_members(const char* parameter, const char* argument);
  void condition(const char* parameter, const char* argument);
  void projection();
  void update();
  /// KeyConditionExpression; required.
  void key_condition();
  void set(const char* argument, Json value);
  /// Parameters that change nothing here.
  void ignore(std::initializer_list<const char*> parameters);

  /// The event, or the first fault in DynamoDB's words, without a name.
  Result<Payload> finish();

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace stepd::services::dynamodb
