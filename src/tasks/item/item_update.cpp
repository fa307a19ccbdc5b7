// item.update: changes attributes of one item, all or none, under a condition; an item that is not there is made. The
// changes themselves are known by item_changes.cpp.
#include "base/attribute/plain_attribute.h"
#include "tasks/handler_factories.h"
#include "tasks/item/item_changes.h"
#include "tasks/item/item_condition.h"
#include "tasks/item/item_key.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

constexpr std::array<std::string_view, 5> kReturns{"new", "old", "none", "updatedOld", "updatedNew"};
enum Returns : std::size_t { kNew, kOld, kNone, kUpdatedOld, kUpdatedNew };

/// `set`, `add` and `remove` as people write them, then `operations`.
Json read_operations(Arguments& arguments) {
  Json operations = Json::array();
  if (const Json* set = arguments.optional_object("set")) {
    for (const auto& [name, value] : set->items()) operations.push_back({{"set", name}, {"to", {{"value", value}}}});
  }
  if (const Json* add = arguments.optional_object("add")) {
    for (const auto& [name, value] : add->items()) operations.push_back({{"add", name}, {"value", value}});
  }
  if (const Json* remove = arguments.optional_array("remove")) {
    for (const auto& path : *remove) operations.push_back({{"remove", path}});
  }
  if (const Json* more = arguments.optional_array("operations")) {
    for (const auto& operation : *more) operations.push_back(operation);
  }
  return operations;
}

class ItemUpdate final : public Handler {
 public:
  ItemUpdate(ItemStore& items, const Clock& clock) : items_(items), clock_(clock) {}

  Result<Json> invoke(const Invocation& invocation) override {
    Arguments arguments(invocation.event);
    const auto table = arguments.text("table");
    const Json* given = arguments.any("key");
    Json operations = read_operations(arguments);
    if (const auto time = arguments.optional_text("timeAttribute")) {
      operations.push_back({{"set", *time}, {"to", {{"value", clock_.now().time_since_epoch().count()}}}});
    }
    auto changes = parse_changes(operations);
    if (!changes) arguments.refuse("operations", changes.error().cause);
    const auto condition = read_condition(arguments, "condition");
    const auto returns = arguments.optional_choice("returns", kReturns).value_or(kNew);
    STEPD_CHECK(arguments.finish());

    STEPD_TRY(const TablePtr found, find_table(items_, table));
    STEPD_TRY(const Item key, key_of(found->schema, *given));
    const auto shown = show_key(found->schema, key);
    const auto decide = [&](const Item* present) -> Result<std::optional<Item>> {
      STEPD_CHECK(demand(condition, present, table, shown));
      STEPD_TRY(Item item, apply_changes(*changes, present != nullptr ? *present : key));
      return std::optional(std::move(item));
    };
    STEPD_TRY(const ItemChange change, items_.change({table, key}, decide, invocation.attempt));
    Json answer{{"table", table}, {"key", shown}};
    if (returns != kNone) answer["item"] = returned(change, *changes, returns);
    return answer;
  }

 private:
  static Json returned(const ItemChange& change, const dynamodb::Update& changes, std::size_t returns) {
    const auto& item = returns == kOld || returns == kUpdatedOld ? change.before : change.after;
    if (!item) return Json();
    if (returns == kNew || returns == kOld) return to_plain_json(*item);
    std::vector<dynamodb::DocumentPath> paths;
    for (const auto& each : changes.actions) paths.push_back(each.path);
    return to_plain_json(dynamodb::project(*item, paths));
  }

  ItemStore& items_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<Handler> make_item_update(const Surroundings& surroundings) {
  return std::make_unique<ItemUpdate>(surroundings.items, surroundings.clock);
}

}  // namespace stepd::tasks
