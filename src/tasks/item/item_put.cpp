// item.put: stores one item, replacing the one of the same key, under a condition if one is given. It adds nothing to
// the item but, where `timeAttribute` names an attribute, the present in milliseconds since 1970, which no payload
// template can say.
#include "base/attribute/plain_attribute.h"
#include "tasks/arguments.h"
#include "tasks/handler_factories.h"
#include "tasks/item/item_condition.h"
#include "tasks/item/item_key.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

class ItemPut final : public Handler {
 public:
  ItemPut(ItemStore& items, const Clock& clock) : items_(items), clock_(clock) {}

  Result<Json> invoke(const Invocation& invocation) override {
    Arguments arguments(invocation.event);
    const auto table = arguments.text("table");
    Json item = Json::object();
    if (const Json* given = arguments.any("item")) {
      if (given->is_object()) {
        item = *given;
      } else {
        arguments.refuse("item", "expected an object");
      }
    }
    const auto time_attribute = arguments.optional_text("timeAttribute");
    const auto condition = read_condition(arguments, "condition");
    const bool returns_old = arguments.flag("returnOld", false);
    STEPD_CHECK(arguments.finish());
    if (time_attribute) item[*time_attribute] = clock_.now().time_since_epoch().count();

    STEPD_TRY(const TablePtr found, find_table(items_, table));
    const Item typed = item_from_plain_json(item);
    STEPD_TRY(const Item key, key_of_item(found->schema, typed));
    const auto shown = show_key(found->schema, key);
    Json answer{{"table", table}, {"key", shown}};
    const auto decide = [&](const Item* present) -> Result<std::optional<Item>> {
      STEPD_CHECK(demand(condition, present, table, shown));
      return std::optional(typed);
    };
    // A put that depends on nothing may be made twice.
    const bool remembers = condition || returns_old;
    STEPD_TRY(const ItemChange change, items_.change({table, key}, decide, remembers ? invocation.attempt : ""));
    if (returns_old) answer["old"] = change.before ? to_plain_json(*change.before) : Json();
    return answer;
  }

 private:
  ItemStore& items_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<Handler> make_item_put(const Surroundings& surroundings) {
  return std::make_unique<ItemPut>(surroundings.items, surroundings.clock);
}

}  // namespace stepd::tasks
