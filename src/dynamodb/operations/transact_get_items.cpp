// TransactGetItems: items as they were at one moment. Source: DynamoDB API reference.
#include "dynamodb/cancellation.h"
#include "dynamodb/capacity.h"
#include "dynamodb/dynamodb_operation.h"
#include "dynamodb/expression_parameters.h"
#include "dynamodb/expressions/expression_reader.h"
#include "dynamodb/expressions/projection.h"
#include "dynamodb/item_checks.h"
#include "dynamodb/typed_value.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace stepd::dynamodb {
namespace {

constexpr std::size_t kGetsMax = 100;

struct TransactGet {
  ItemRef ref;
  Selection selection;
};

Result<TransactGet> read_get(const Json& given) {
  const auto inner = given.find("Get");
  if (inner == given.end() || !inner->is_object()) {
    return validation_error(std::string(kOneError) +
                            "Value null at 'transactItems.1.member.get' failed to satisfy constraint: Member must not "
                            "be null");
  }
  Request request(*inner, Wording::Old);
  TransactGet get;
  get.ref.table = request.table_name();
  const Json* key = request.values("Key");
  if (!request.has("Key")) request.violate("key", std::nullopt, "not be null");
  const auto expression = request.text("ProjectionExpression");
  const PlaceholderParameters parameters(request);
  STEPD_CHECK(request.check());
  STEPD_TRY(Placeholders placeholders, parameters.read({"ProjectionExpression"}));
  STEPD_TRY(get.ref.key, from_typed_map(*key, Wording::Old));
  if (expression) {
    STEPD_TRY(get.selection, parse_projection(*expression, placeholders));
  }
  STEPD_CHECK(check_all_used(placeholders));
  return get;
}

Answer get_all(const Json& arguments, const Desk& desk) {
  Request request(arguments, Wording::Old);
  const auto given = request.objects("TransactItems");
  const auto wanted = request.choice("ReturnConsumedCapacity", "returnConsumedCapacity", "INDEXES, TOTAL, NONE");
  if (!request.has("TransactItems")) {
    request.violate("transactItems", std::nullopt, "not be null");
  } else if (given.empty()) {
    request.violate("transactItems", "[]", "have length greater than or equal to 1");
  } else if (given.size() > kGetsMax) {
    request.violate("transactItems", "[" + std::to_string(given.size()) + " actions]",
                    "have length less than or equal to " + std::to_string(kGetsMax));
  }
  STEPD_CHECK(request.check());
  std::vector<TransactGet> gets;
  for (const Json* each : given) {
    STEPD_TRY(TransactGet get, read_get(*each));
    gets.push_back(std::move(get));
  }
  std::vector<ItemRef> refs;
  for (std::size_t i = 0; i < gets.size(); ++i) {
    const auto table = desk.items.find_table(gets[i].ref.table);
    if (table == nullptr) return Failure("ResourceNotFoundException", "Requested resource not found");
    if (const auto checked = check_key(table->schema, gets[i].ref.key); !checked) {
      if (checked.error().cause.find("cannot contain an empty") != std::string::npos) return checked.error();
      std::vector<CancellationReason> reasons(gets.size());
      reasons[i] = {"ValidationError", checked.error().cause, std::nullopt};
      return cancelled(reasons);
    }
    const bool is_repeated = std::any_of(refs.begin(), refs.end(), [&](const auto& other) {
      return other.table == gets[i].ref.table && other.key == gets[i].ref.key;
    });
    if (is_repeated) return validation_error("Transaction request cannot include multiple operations on one item");
    refs.push_back(gets[i].ref);
  }
  STEPD_TRY(const auto items, desk.items.get_all(refs));
  std::map<std::string, Capacity> consumed;
  Json responses = Json::array();
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto& item = items[i];
    Json response = Json::object();
    if (item) response["Item"] = to_typed(select(*item, gets[i].selection));
    responses.push_back(std::move(response));
    const auto& table = refs[i].table;
    consumed.try_emplace(table, table).first->second.read(item ? size_of_item(*item) : 0, Reading::Transaction);
  }
  Json answer{{"Responses", std::move(responses)}};
  if (is_wanted(wanted)) {
    for (const auto& [name, capacity] : consumed)
      answer["ConsumedCapacity"].push_back(capacity.json(*wanted, Access::Read));
  }
  return answer;
}

}  // namespace

extern const Operation transact_get_items;
const Operation transact_get_items{"TransactGetItems", get_all};

}  // namespace stepd::dynamodb
