#include "storage/item_table.h"

#include "base/payload.h"

#include <algorithm>
#include <cmath>
#include <future>
#include <nlohmann/json.hpp>
#include <utility>

namespace stepd::storage {
namespace {

constexpr double kExactIntegers = 9'007'199'254'740'992.0;  // 2^53: up to here a double names one integer

AslError no_such_table(const std::string& table) { return {"Item.NoSuchTable", "There is no table '" + table + "'."}; }

/// The key as it is stored. 1 and 1.0 are one number, hence one key.
Result<std::string> key_text(const TableSchema& table, const Json* key) {
  const auto invalid = [&](const std::string& why) {
    return AslError{"Item.InvalidKey",
                    "The key '" + table.key_attribute + "' of table '" + table.name + "' " + why + "."};
  };
  if (key == nullptr || key->is_null()) return invalid("is missing");
  if (key->is_string()) {
    if (key->get_ref<const std::string&>().empty()) return invalid("is empty");
    return print_json(*key);
  }
  if (key->is_number_float()) {
    const double number = key->get<double>();
    if (!std::isfinite(number)) return invalid("is not a finite number");
    if (number == std::floor(number) && std::abs(number) <= kExactIntegers) {
      return std::to_string(static_cast<std::int64_t>(number));
    }
    return print_json(*key);
  }
  if (key->is_number()) return print_json(*key);
  return invalid(std::string("must be a string or a number, and is ") + key->type_name());
}

class ItemTables final : public ItemStore {
 public:
  ItemTables(Store& store, std::vector<TableSchema> tables) : store_(store), tables_(std::move(tables)) {}

  std::vector<TableSchema> tables() const override { return tables_; }

  Result<void> put(const std::string& table, const Json& item) override {
    STEPD_TRY(const TableSchema* schema, find(table));
    const auto key = item.is_object() ? item.find(schema->key_attribute) : item.end();
    STEPD_TRY(std::string text, key_text(*schema, key == item.end() ? nullptr : &*key));
    return store(PutItem{table, std::move(text), print_json(item)}, table);
  }

  Result<std::optional<Json>> get(const std::string& table, const Json& key) const override {
    STEPD_TRY(const TableSchema* schema, find(table));
    STEPD_TRY(const std::string text, key_text(*schema, &key));
    try {
      const auto found = store_.reader().item(table, text);
      if (!found) return std::optional<Json>();
      STEPD_TRY(Json item, parse_json(*found));
      return std::optional<Json>(std::move(item));
    } catch (const StoreError& error) {
      return AslError{"Item.Failed", std::string("The item could not be read: ") + error.what()};
    }
  }

  Result<void> remove(const std::string& table, const Json& key) override {
    STEPD_TRY(const TableSchema* schema, find(table));
    STEPD_TRY(std::string text, key_text(*schema, &key));
    return store(DeleteItem{table, std::move(text)}, table);
  }

 private:
  Result<const TableSchema*> find(const std::string& table) const {
    const auto found =
        std::find_if(tables_.begin(), tables_.end(), [&](const auto& each) { return each.name == table; });
    if (found == tables_.end()) return no_such_table(table);
    return &*found;
  }

  Result<void> store(Write write, const std::string& table) {
    std::promise<Outcome> promise;
    auto answer = promise.get_future();
    store_.write(std::move(write), [&](Outcome outcome) { promise.set_value(outcome); });
    switch (answer.get()) {
      case Outcome::Committed:
        return {};
      case Outcome::Unavailable:
        return AslError{"Item.StorageFull", "Table '" + table + "' takes no items at present: is the disk full?"};
      default:
        return AslError{"Item.Failed", "Table '" + table + "' could not be written."};
    }
  }

  Store& store_;
  const std::vector<TableSchema> tables_;
};

}  // namespace

std::unique_ptr<ItemStore> make_item_store(Store& store, std::vector<TableSchema> tables) {
  return std::make_unique<ItemTables>(store, std::move(tables));
}

}  // namespace stepd::storage
