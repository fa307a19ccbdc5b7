// item.put: stores one item, replacing the one of the same key. It adds nothing to the item.
#include "tasks/arguments.h"
#include "tasks/handlers.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

class ItemPut final : public Handler {
 public:
  explicit ItemPut(ItemStore& items) : items_(items) {}

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
    STEPD_CHECK(arguments.finish());
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
};

}  // namespace

std::unique_ptr<Handler> make_item_put(const Surroundings& surroundings) {
  return std::make_unique<ItemPut>(surroundings.items);
}

}  // namespace stepd::tasks
