// item.get: answers one item by its key, or some of its attributes, and says so when there is none: an absent item is
// no error unless `required`. It changes nothing.
#include "base/attribute/plain_attribute.h"
#include "tasks/arguments.h"
#include "tasks/handler_factories.h"
#include "tasks/item/item_key.h"
#include "tasks/item/item_path.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

class ItemGet final : public Handler {
 public:
  explicit ItemGet(const ItemStore& items) : items_(items) {}

  Result<Json> invoke(const Invocation& invocation) override {
    Arguments arguments(invocation.event);
    const auto table = arguments.text("table");
    const Json* given = arguments.any("key");
    const auto paths = read_paths(arguments, "attributes");
    const bool required = arguments.flag("required", false);
    STEPD_CHECK(arguments.finish());
    STEPD_TRY(const TablePtr found, find_table(items_, table));
    STEPD_TRY(Item key, key_of(found->schema, *given));
    STEPD_TRY(std::optional<Item> item, items_.get({table, std::move(key)}));
    if (!item && required) return AslError{"Item.NotFound", "Table '" + table + "' has no item of that key."};
    if (item && paths) item = dynamodb::project(*item, *paths);
    return Json{{"found", item.has_value()}, {"item", item ? to_plain_json(*item) : Json()}};
  }

 private:
  const ItemStore& items_;
};

}  // namespace

std::unique_ptr<Handler> make_item_get(const Surroundings& surroundings) {
  return std::make_unique<ItemGet>(surroundings.items);
}

}  // namespace stepd::tasks
