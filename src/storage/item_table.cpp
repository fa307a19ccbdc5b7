#include "storage/item_table.h"

#include "base/long_integer.h"
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
  if (key == nullptr) return invalid("is missing");
  if (key->is_null()) return invalid("is null");
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
  if (key->is_number() || is_long_integer(*key)) return print_json(*key);
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
    return answer_of(write(PutItem{table, std::move(text), print_json(item)}), table);
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
      return unreadable(error);
    }
  }

  Result<void> remove(const std::string& table, const Json& key) override {
    STEPD_TRY(const TableSchema* schema, find(table));
    STEPD_TRY(std::string text, key_text(*schema, &key));
    return answer_of(write(DeleteItem{table, std::move(text)}), table);
  }

  Result<ItemChange> change(const std::string& table, const Json& key, const ItemDecision& decide,
                            const std::string& attempt) override {
    STEPD_TRY(const TableSchema* schema, find(table));
    STEPD_TRY(const std::string text, key_text(*schema, &key));
    try {
      // Of an execution in the store, which a crash may run again; whatever else there is ends with this process.
      const bool remembered = !attempt.empty() && attempt.front() >= '0' && attempt.front() <= '9';
      if (remembered) {
        if (const auto done = store_.reader().changed_item(attempt)) return shown(done->before, done->after);
      }
      // Whenever it is in vain, somebody else's change was made.
      for (;;) {
        const auto before = store_.reader().item(table, text);
        STEPD_TRY(const auto after, decided(*schema, text, before, decide));
        const auto outcome = write(ChangeItem{table, text, before, after, remembered ? attempt : ""});
        if (outcome == Outcome::Conflict) continue;
        STEPD_CHECK(answer_of(outcome, table));
        return shown(before, after);
      }
    } catch (const StoreError& error) {
      return unreadable(error);
    }
  }

  Result<ItemListing> list(const std::string& table, const std::string& prefix, const Json* after,
                           std::size_t limit) const override {
    STEPD_TRY(const TableSchema* schema, find(table));
    std::string start;
    if (after != nullptr) {
      STEPD_TRY(start, key_text(*schema, after));
    }
    std::string begin;
    if (!prefix.empty()) {
      begin = print_json(prefix);
      begin.pop_back();  // the quotation mark that ends it
    }
    try {
      const auto records = store_.reader().items(table, begin, start, limit + 1);
      ItemListing listing;
      listing.more = records.size() > limit;
      for (const auto& record : records) {
        if (listing.items.size() == limit) break;
        listing.items.push_back(Payload::trusted(record.item));
      }
      return listing;
    } catch (const StoreError& error) {
      return unreadable(error);
    }
  }

 private:
  static AslError unreadable(const StoreError& error) {
    return {"Item.Failed", std::string("The item could not be read: ") + error.what()};
  }

  static ItemChange shown(const std::optional<std::string>& before, const std::optional<std::string>& after) {
    ItemChange change;
    if (before) change.before = Payload::trusted(*before);
    if (after) change.after = Payload::trusted(*after);
    return change;
  }

  static Result<std::optional<std::string>> decided(const TableSchema& schema, const std::string& key,
                                                    const std::optional<std::string>& before,
                                                    const ItemDecision& decide) {
    Json present;
    if (before) {
      STEPD_TRY(present, parse_json(*before));
    }
    STEPD_TRY(const std::optional<Json> after, decide(before ? &present : nullptr));
    if (!after) return std::optional<std::string>();
    const auto found = after->is_object() ? after->find(schema.key_attribute) : after->end();
    STEPD_TRY(const std::string text, key_text(schema, found == after->end() ? nullptr : &*found));
    if (text != key) {
      return AslError{"Item.InvalidKey", "The key '" + schema.key_attribute + "' of an item of table '" + schema.name +
                                             "' cannot be changed."};
    }
    auto printed = print_json(*after);
    if (printed.size() > kItemBytes) {
      return AslError{"Item.TooLarge", "The item would have " + std::to_string(printed.size()) + " bytes, " +
                                           std::to_string(kItemBytes) + " are the limit."};
    }
    return std::optional(std::move(printed));
  }

  Result<const TableSchema*> find(const std::string& table) const {
    const auto found =
        std::find_if(tables_.begin(), tables_.end(), [&](const auto& each) { return each.name == table; });
    if (found == tables_.end()) return no_such_table(table);
    return &*found;
  }

  Outcome write(Write write) {
    std::promise<Outcome> promise;
    auto answer = promise.get_future();
    store_.write(std::move(write), [&](Outcome outcome) { promise.set_value(outcome); });
    return answer.get();
  }

  static Result<void> answer_of(Outcome outcome, const std::string& table) {
    switch (outcome) {
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
