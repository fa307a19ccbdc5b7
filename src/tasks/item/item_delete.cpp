// item.delete: removes one item, under a condition if one is given. One that is not there counts as removed.
#include "base/attribute/plain_attribute.h"
#include "tasks/arguments.h"
#include "tasks/handler_factories.h"
#include "tasks/item/item_condition.h"
#include "tasks/item/item_key.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

class ItemDelete final : public Handler {
 public:
  explicit ItemDelete(ItemStore& items) : items_(items) {}

  Result<Json> invoke(const Invocation& invocation) override {
    Arguments arguments(invocation.event);
    const auto table = arguments.text("table");
    const Json* given = arguments.any("key");
    const auto condition = read_condition(arguments, "condition");
    const bool returns_old = arguments.flag("returnOld", false);
    STEPD_CHECK(arguments.finish());

    STEPD_TRY(const TablePtr found, find_table(items_, table));
    STEPD_TRY(const Item key, key_of(found->schema, *given));
    const auto shown = show_key(found->schema, key);
    const auto decide = [&](const Item* present) -> Result<std::optional<Item>> {
      STEPD_CHECK(demand(condition, present, table, shown));
      return std::optional<Item>();
    };
    STEPD_TRY(const ItemChange change, items_.change({table, key}, decide, invocation.attempt));
    Json answer{{"table", table}, {"key", shown}};
    if (returns_old) answer["old"] = change.before ? to_plain_json(*change.before) : Json();
    return answer;
  }

 private:
  ItemStore& items_;
};

}  // namespace

std::unique_ptr<Handler> make_item_delete(const Surroundings& surroundings) {
  return std::make_unique<ItemDelete>(surroundings.items);
}

}  // namespace stepd::tasks
