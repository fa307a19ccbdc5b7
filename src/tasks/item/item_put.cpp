// item.put: stores one item, replacing the one of the same key. It adds nothing to the item but, where `timeAttribute`
// names an attribute, the present in milliseconds since 1970, which no payload template can say.
#include "tasks/arguments.h"
#include "tasks/handlers.h"

#include <algorithm>
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
    STEPD_CHECK(arguments.finish());
    if (time_attribute) item[*time_attribute] = clock_.now().time_since_epoch().count();
    STEPD_CHECK(items_.put(table, item));
    return Json{{"table", table}, {"key", key_of(table, item)}};
  }

 private:
  Json key_of(const std::string& table, const Json& item) const {
    const auto tables = items_.tables();
    const auto schema =
        std::find_if(tables.begin(), tables.end(), [&](const auto& each) { return each.name == table; });
    return schema == tables.end() ? Json() : item.value(schema->key_attribute, Json());
  }

  ItemStore& items_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<Handler> make_item_put(const Surroundings& surroundings) {
  return std::make_unique<ItemPut>(surroundings.items, surroundings.clock);
}

}  // namespace stepd::tasks
