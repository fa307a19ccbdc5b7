// item.query: the items of a table in pages, all or those whose key begins with a prefix, as they fit a condition. The
// limit counts what was looked at, as DynamoDB's does, so that a page may hold fewer items and more may follow.
#include "tasks/arguments.h"
#include "tasks/handler_factories.h"
#include "tasks/item/item_condition.h"
#include "tasks/item/item_key.h"
#include "tasks/item/item_path.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

constexpr std::int64_t kLimitDefault = 100;
constexpr std::int64_t kLimitMax = 1000;

class ItemQuery final : public Handler {
 public:
  explicit ItemQuery(const ItemStore& items) : items_(items) {}

  Result<Json> invoke(const Invocation& invocation) override {
    Arguments arguments(invocation.event);
    const auto table = arguments.text("table");
    const auto prefix = arguments.optional_text("prefix").value_or("");
    const Json* exact = arguments.optional_any("key");
    const Json* after = arguments.optional_any("after");
    const auto limit = arguments.optional_integer("limit", 1, kLimitMax).value_or(kLimitDefault);
    const auto filter = read_condition(arguments, "filter");
    const auto paths = read_paths(arguments, "attributes");
    if (exact != nullptr && !prefix.empty()) arguments.refuse("key", "only one of key and prefix can be given");
    STEPD_CHECK(arguments.finish());

    STEPD_TRY(const std::string attribute, key_attribute_of(items_, table));
    STEPD_TRY(const ItemListing page, exact != nullptr
                                          ? of_key(table, *exact)
                                          : of_prefix(table, prefix, after, static_cast<std::size_t>(limit)));
    Json found = Json::array();
    for (const auto& item : page.items) {
      const Json value = item.json();
      if (filter && !filter(value)) continue;
      found.push_back(paths ? project(value, *paths) : value);
    }
    return Json{{"table", table},
                {"keyAttribute", attribute},
                {"count", found.size()},
                {"items", std::move(found)},
                {"scanned", page.items.size()},
                {"more", page.more},
                {"next", page.more ? page.items.back().json().value(attribute, Json()) : Json()}};
  }

 private:
  Result<ItemListing> of_key(const std::string& table, const Json& given) const {
    STEPD_TRY(const Json key, key_of(items_, table, given));
    STEPD_TRY(const std::optional<Json> item, items_.get(table, key));
    ItemListing page;
    if (item) page.items.emplace_back(*item);
    return page;
  }

  Result<ItemListing> of_prefix(const std::string& table, const std::string& prefix, const Json* after,
                                std::size_t limit) const {
    if (after == nullptr) return items_.list(table, prefix, nullptr, limit);
    STEPD_TRY(const Json key, key_of(items_, table, *after));
    return items_.list(table, prefix, &key, limit);
  }

  const ItemStore& items_;
};

}  // namespace

std::unique_ptr<Handler> make_item_query(const Surroundings& surroundings) {
  return std::make_unique<ItemQuery>(surroundings.items);
}

}  // namespace stepd::tasks
