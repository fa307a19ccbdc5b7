// item.put: stores one item, replacing the one of the same key, under a condition if one is given. It adds nothing to
// the item but, where `timeAttribute` names an attribute, the present in milliseconds since 1970, which no payload
// template can say.
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

    STEPD_TRY(const std::string attribute, key_attribute_of(items_, table));
    const Json key = item.value(attribute, Json());
    Json answer{{"table", table}, {"key", key}};
    if (!condition && !returns_old) {
      STEPD_CHECK(items_.put(table, item));
      return answer;
    }
    const auto decide = [&](const Json* present) -> Result<std::optional<Json>> {
      STEPD_CHECK(demand(condition, present, table, key));
      return std::optional(item);
    };
    STEPD_TRY(const ItemChange change, items_.change(table, key, decide, invocation.attempt));
    if (returns_old) answer["old"] = change.before ? change.before->json() : Json();
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
