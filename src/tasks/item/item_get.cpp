// item.get: answers one item by its key, and says so when there is none: an absent item is no error.
#include "tasks/arguments.h"
#include "tasks/handlers.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

class ItemGet final : public Handler {
 public:
  explicit ItemGet(const ItemStore& items) : items_(items) {}

  Result<Json> invoke(const Invocation& invocation) override {
    Arguments arguments(invocation.event);
    const auto table = arguments.text("table");
    const Json* key = arguments.any("key");
    STEPD_CHECK(arguments.finish());
    STEPD_TRY(std::optional<Json> item, items_.get(table, *key));
    return Json{{"found", item.has_value()}, {"item", item ? std::move(*item) : Json()}};
  }

 private:
  const ItemStore& items_;
};

}  // namespace

std::unique_ptr<Handler> make_item_get(const Surroundings& surroundings) {
  return std::make_unique<ItemGet>(surroundings.items);
}

}  // namespace stepd::tasks
