// TransactWriteItems: all actions or none, in one commit. Source: DynamoDB API reference.
#include "base/digest.h"
#include "base/payload.h"
#include "dynamodb/cancellation.h"
#include "dynamodb/capacity.h"
#include "dynamodb/expressions/expression_reader.h"
#include "dynamodb/item_checks.h"
#include "dynamodb/single_write.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

namespace stepd::dynamodb {
namespace {

constexpr std::size_t kActionsMax = 100;
constexpr std::size_t kTokenMax = 36;
constexpr std::size_t kRequestBytes = 4 * 1024 * 1024;

struct Action {
  ItemWrite write;
  TablePtr table;
  Item key;
};

struct ActionKind {
  const char* name;
  ItemWrite::Kind kind;
};
constexpr std::array<ActionKind, 4> kActions{{{"ConditionCheck", ItemWrite::Kind::Check},
                                              {"Delete", ItemWrite::Kind::Delete},
                                              {"Put", ItemWrite::Kind::Put},
                                              {"Update", ItemWrite::Kind::Update}}};

Result<ItemWrite> read_action(const Json& given) {
  const ActionKind* kind = nullptr;
  const Json* inner = nullptr;
  std::size_t named = 0;
  for (const auto& each : kActions) {
    const auto found = given.find(each.name);
    if (found == given.end() || found->is_null()) continue;
    ++named;
    kind = &each;
    inner = &*found;
  }
  if (named != 1) {
    return validation_error("TransactItems can only contain one of Check, Put, Update or Delete");
  }
  if (!inner->is_object()) return AslError{"SerializationException", "Unexpected field type"};
  Request request(*inner, Wording::Old);
  WriteParameters parameters(request, kind->kind);
  if (kind->kind == ItemWrite::Kind::Check && !request.has("ConditionExpression"))
    request.violate("conditionExpression", std::nullopt, "not be null");
  STEPD_CHECK(request.check());
  return parameters.read();
}

/// The digest of all but the token.
RequestToken token_of(const Json& arguments, const std::string& token) {
  Json rest = arguments;
  rest.erase("ClientRequestToken");
  return {token, sha256(print_json(rest))};
}

/// Faults that belong to one action and cancel the transaction.
Result<void> check_action(const Action& action) { return check_write(action.write, action.table->schema); }

/// Faults that refuse the whole request: empty keys, values of indexes, and items that are too large.
bool refuses_request(const Action& action, const AslError& fault) {
  return action.write.kind == ItemWrite::Kind::Put || fault.cause.find("cannot contain an empty") != std::string::npos;
}

Json answer_of(const std::vector<Action>& actions, const std::vector<ItemChange>& changes,
               const std::optional<std::string>& wanted) {
  Json answer = Json::object();
  if (!is_wanted(wanted)) return answer;
  std::map<std::string, Capacity> consumed;
  for (std::size_t i = 0; i < actions.size(); ++i) {
    const auto& schema = actions[i].table->schema;
    auto& capacity = consumed.try_emplace(schema.name, schema.name).first->second;
    capacity.write(schema, i < changes.size() ? changes[i] : ItemChange(), true);
  }
  for (const auto& [name, capacity] : consumed)
    answer["ConsumedCapacity"].push_back(capacity.json(*wanted, Access::Write));
  return answer;
}

Answer transact(const Json& arguments, const Desk& desk) {
  Request request(arguments, Wording::Old);
  const auto given = request.objects("TransactItems");
  const auto wanted = request.choice("ReturnConsumedCapacity", "returnConsumedCapacity", "INDEXES, TOTAL, NONE");
  request.choice("ReturnItemCollectionMetrics", "returnItemCollectionMetrics", "SIZE, NONE");
  const auto token = request.text("ClientRequestToken");
  if (!request.has("TransactItems")) {
    request.violate("transactItems", std::nullopt, "not be null");
  } else if (given.empty()) {
    request.violate("transactItems", "[]", "have length greater than or equal to 1");
  } else if (given.size() > kActionsMax) {
    request.violate("transactItems", "[" + std::to_string(given.size()) + " actions]",
                    "have length less than or equal to " + std::to_string(kActionsMax));
  }
  if (token && token->empty()) request.violate("clientRequestToken", *token, "have length greater than or equal to 1");
  if (token && token->size() > kTokenMax)
    request.violate("clientRequestToken", *token, "have length less than or equal to " + std::to_string(kTokenMax));
  STEPD_CHECK(request.check());

  std::vector<Action> actions;
  for (const Json* each : given) {
    STEPD_TRY(ItemWrite write, read_action(*each));
    actions.push_back({std::move(write), nullptr, {}});
  }
  std::size_t bytes = 0;
  for (auto& action : actions) {
    action.table = desk.items.find_table(action.write.table);
    if (action.table == nullptr) return Failure("ResourceNotFoundException", "Requested resource not found");
    bytes += size_of_item(action.write.item);
  }
  if (bytes > kRequestBytes) return validation_error("Transaction request cannot be larger than 4 MB");

  std::vector<CancellationReason> reasons(actions.size());
  for (std::size_t i = 0; i < actions.size(); ++i) {
    const auto checked = check_action(actions[i]);
    if (checked) continue;
    if (refuses_request(actions[i], checked.error())) return checked.error();
    reasons[i] = {"ValidationError", checked.error().cause, std::nullopt};
    return cancelled(reasons);
  }
  std::vector<ItemRef> refs;
  for (auto action = actions.begin(); action != actions.end(); ++action) {
    action->key = key_of_write(action->write, action->table->schema);
    const bool is_repeated = std::any_of(actions.begin(), action, [&](const auto& other) {
      return other.write.table == action->write.table && other.key == action->key;
    });
    if (is_repeated) return validation_error("Transaction request cannot include multiple operations on one item");
    refs.push_back({action->write.table, action->key});
  }

  const auto decide = [&](std::span<const Item* const> present) -> Result<std::vector<std::optional<Item>>> {
    reasons.assign(actions.size(), {});
    std::vector<std::optional<Item>> after;
    bool is_cancelled = false;
    for (std::size_t i = 0; i < actions.size(); ++i) {
      const auto& write = actions[i].write;
      auto made = make_write(write, actions[i].table->schema, present[i]);
      if (made) {
        after.push_back(*std::move(made));
        continue;
      }
      is_cancelled = true;
      after.emplace_back();
      if (made.error().name == "ConditionalCheckFailedException") {
        reasons[i] = {"ConditionalCheckFailed", made.error().cause, std::nullopt};
        if (write.shows_item && present[i] != nullptr) reasons[i].item = *present[i];
        continue;
      }
      // A fault of an update is told alone.
      reasons.assign(actions.size(), {});
      reasons[i] = {"ValidationError", made.error().cause, std::nullopt};
      break;
    }
    if (is_cancelled) return AslError{"TransactionCanceledException", ""};
    return after;
  };
  const auto once = token ? std::optional(token_of(arguments, *token)) : std::nullopt;
  const auto changes = desk.items.change_all(refs, decide, once, desk.attempt);
  if (changes) return answer_of(actions, *changes, wanted);
  if (changes.error().name == "TransactionCanceledException") return cancelled(reasons);
  return changes.error();
}

}  // namespace

extern const Operation transact_write_items;
const Operation transact_write_items{"TransactWriteItems", transact};

}  // namespace stepd::dynamodb
