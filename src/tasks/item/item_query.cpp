// item.query: the items of a table in pages, all or those whose key begins with a prefix, as they fit a condition. The
// limit counts what was looked at, as DynamoDB's does, so that a page may hold fewer items and more may follow.
#include "base/attribute/plain_attribute.h"
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

class QueryItems final : public Handler {
 public:
  explicit QueryItems(const ItemStore& items) : items_(items) {}

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

    STEPD_TRY(const TablePtr found, find_table(items_, table));
    const auto& schema = found->schema;
    ItemQuery query{.table = table};
    // One more than asked for says whether there are more.
    query.limit = static_cast<std::size_t>(limit) + 1;
    std::optional<Item> start;
    if (exact != nullptr) {
      STEPD_TRY(query.partition, partition_of(schema, *exact));
    } else if (!prefix.empty()) {
      query.begins_with = Attribute::text(prefix);
    }
    if (after != nullptr) {
      STEPD_TRY(start, key_of(schema, *after));
      query.after = &*start;
    }
    STEPD_TRY(ItemPage page, items_.query(query));
    page.more = page.more || page.items.size() > static_cast<std::size_t>(limit);
    if (page.items.size() > static_cast<std::size_t>(limit)) page.items.pop_back();
    Json shown = Json::array();
    for (const auto& item : page.items) {
      if (filter && !filter(&item)) continue;
      shown.push_back(to_plain_json(paths ? dynamodb::project(item, *paths) : item));
    }
    Json next;
    if (page.more && !page.items.empty()) {
      STEPD_TRY(const Item last, key_of_item(schema, page.items.back()));
      next = show_key(schema, last);
    }
    return Json{{"table", table},
                {"keyAttribute", schema.key.name},
                {"count", shown.size()},
                {"items", std::move(shown)},
                {"scanned", page.items.size()},
                {"more", page.more},
                {"next", std::move(next)}};
  }

 private:
  /// The value alone, or an object that names the attribute of the partition.
  static Result<Attribute> partition_of(const TableSchema& schema, const Json& given) {
    auto value = from_plain_json(given);
    const auto* named = value.as<AttributeMap>();
    if (named == nullptr) return value;
    const auto* found = named->find(schema.key.name);
    if (found != nullptr && named->size() == 1) return *found;
    return AslError{"Item.InvalidKey", "The items of one key of table '" + schema.name + "' are found by '" +
                                           schema.key.name + "' alone."};
  }

  const ItemStore& items_;
};

}  // namespace

std::unique_ptr<Handler> make_item_query(const Surroundings& surroundings) {
  return std::make_unique<QueryItems>(surroundings.items);
}

}  // namespace stepd::tasks
