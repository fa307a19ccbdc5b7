// item.delete: removes one item, under a condition if one is given. One that is not there counts as removed.
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

    STEPD_TRY(const Json key, key_of(items_, table, *given));
    const auto decide = [&](const Json* present) -> Result<std::optional<Json>> {
      STEPD_CHECK(demand(condition, present, table, key));
      return std::optional<Json>();
    };
    STEPD_TRY(const ItemChange change, items_.change(table, key, decide, invocation.attempt));
    Json answer{{"table", table}, {"key", key}};
    if (returns_old) answer["old"] = change.before ? change.before->json() : Json();
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
