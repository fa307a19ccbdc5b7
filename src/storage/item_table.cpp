#include "storage/item_table.h"

#include "base/attribute/plain_attribute.h"
#include "storage/items/item_keys.h"
#include "storage/items/key_bytes.h"
#include "storage/items/table_list.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace stepd::storage {
namespace {

constexpr auto kReceiptLife = std::chrono::minutes{10};  // API reference, TransactWriteItems: ClientRequestToken
constexpr std::size_t kReadItems = 256;
constexpr std::size_t kReadBytes = 1'048'576;
constexpr std::size_t kExpiredAtOnce = 100;
// Developer guide, Time to Live: what is older than five years is no time of expiry.
constexpr std::int64_t kExpiryAgeSeconds = std::int64_t{5} * 365 * 24 * 3600;

/// Of an execution in the store, which a crash may run again; whatever else there is ends with this process.
bool is_remembered(const std::string& attempt) {
  return !attempt.empty() && attempt.front() >= '0' && attempt.front() <= '9';
}

AslError unreadable(const std::string& why) { return {"Item.Failed", "The item could not be read: " + why}; }

Result<std::optional<Item>> read_item(const std::optional<std::string>& text) {
  if (!text) return std::optional<Item>();
  auto item = parse_item(*text);
  if (!item) return unreadable(item.error().cause);
  return std::optional<Item>(*std::move(item));
}

Result<ItemChange> read_change(const std::optional<std::string>& before, const std::optional<std::string>& after) {
  ItemChange change;
  STEPD_TRY(change.before, read_item(before));
  STEPD_TRY(change.after, read_item(after));
  return change;
}

/// The same for equal keys, in every process.
std::uint64_t hash_of(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash ^ hash >> 32;
}

class ItemTables final : public ItemStore {
 public:
  ItemTables(Store& store, const std::vector<TableSchema>& tables, const Clock& clock)
      : store_(store), clock_(clock), tables_(store, tables, clock) {}

  std::vector<TablePtr> tables() const override {
    const auto all = tables_.all();
    return {all.begin(), all.end()};
  }
  TablePtr find_table(std::string_view name) const override { return tables_.find(name); }

  ItemCount count(const std::string& table) const override {
    const auto found = tables_.find(table);
    if (found == nullptr) return {};
    try {
      const auto tally = store_.reader().tally_items(found->items);
      return {tally.items, tally.bytes};
    } catch (const StoreError&) {
      return {};
    }
  }

  Result<std::optional<Item>> get(const ItemRef& ref) const override {
    STEPD_TRY(auto items, get_all({&ref, 1}));
    return std::move(items.front());
  }

  Result<std::vector<std::optional<Item>>> get_all(std::span<const ItemRef> refs) const override {
    STEPD_TRY(const auto places, places_of(refs));
    std::vector<std::optional<Item>> items;
    try {
      const auto texts = places.size() == 1 ? std::vector{store_.reader().item(places.front())}
                                            : store_.reader().items(std::span<const ItemPlace>(places));
      for (const auto& text : texts) {
        STEPD_TRY(auto item, read_item(text));
        items.push_back(std::move(item));
      }
    } catch (const StoreError& error) {
      return unreadable(error.what());
    }
    return items;
  }

  Result<ItemPage> query(const ItemQuery& query) const override {
    STEPD_TRY(const StoredTablePtr table, find(query.table));
    STEPD_TRY(ItemRange range, range_of(table->schema, query));
    range.table = table->items;
    try {
      return read_page(*table, query, range);
    } catch (const StoreError& error) {
      return unreadable(error.what());
    }
  }

  Result<ItemChange> change(const ItemRef& ref, const ItemDecision& decide, const std::string& attempt) override {
    const auto decide_all = [&](std::span<const Item* const> present) -> Result<std::vector<std::optional<Item>>> {
      STEPD_TRY(auto item, decide(present.front()));
      std::vector<std::optional<Item>> items;
      items.push_back(std::move(item));
      return items;
    };
    STEPD_TRY(auto changes, change_all({&ref, 1}, decide_all, std::nullopt, attempt));
    return std::move(changes.front());
  }

  Result<std::vector<ItemChange>> change_all(std::span<const ItemRef> refs, const ItemDecisions& decide,
                                             const std::optional<RequestToken>& request,
                                             const std::string& attempt) override {
    STEPD_TRY(const auto places, places_of(refs));
    try {
      if (is_remembered(attempt)) {
        if (const auto done = store_.reader().changed_item(attempt)) {
          STEPD_TRY(auto change, read_change(done->before, done->after));
          return std::vector<ItemChange>{std::move(change)};
        }
      }
      // Whenever it is in vain, somebody else's change was made.
      for (;;) {
        if (request) {
          STEPD_TRY(const bool made, was_made(*request));
          if (made) return std::vector<ItemChange>();
        }
        STEPD_TRY(auto attempted, decided(refs, places, decide));
        attempted.write.attempt = is_remembered(attempt) ? attempt : "";
        if (request) {
          attempted.write.receipt = ItemReceipt{request->token, request->digest, clock_.now()};
          attempted.write.receipts_expire = clock_.now() - kReceiptLife;
        }
        const auto outcome = write_and_wait(store_, std::move(attempted.write));
        if (outcome == Outcome::Conflict) continue;
        STEPD_CHECK(check_outcome(outcome, refs.front().table));
        return std::move(attempted.changes);
      }
    } catch (const StoreError& error) {
      return unreadable(error.what());
    }
  }

  Result<TablePtr> create(const TableSchema& schema, const std::string& settings) override {
    STEPD_TRY(StoredTablePtr table, tables_.create(schema, settings));
    return TablePtr(std::move(table));
  }
  Result<TablePtr> drop(const std::string& table) override {
    STEPD_TRY(StoredTablePtr dropped, tables_.drop(table));
    return TablePtr(std::move(dropped));
  }
  Result<void> set_ttl(const std::string& table, const std::string& attribute) override {
    STEPD_CHECK(change_table(table, [&](Table& changed) -> Result<void> {
      changed.schema.ttl_attribute = attribute;
      return {};
    }));
    return {};
  }
  Result<TablePtr> alter(const std::string& table, const TableChange& change) override {
    return change_table(table, [&](Table& changed) -> Result<void> {
      if (changed.configured)
        return AslError{"Item.Configured", "Table '" + table + "' is of the configuration and cannot be changed."};
      return change(changed);
    });
  }

  bool sweep(std::size_t most) override {
    try {
      bool more = tables_.purge_dropped(most);
      for (const auto& table : tables_.all()) {
        if (!table->schema.ttl_attribute.empty() && remove_expired(*table, std::min(most, kExpiredAtOnce))) more = true;
      }
      return more;
    } catch (const StoreError&) {
      return false;  // readers and writers say what is wrong
    }
  }

 private:
  Result<TablePtr> change_table(const std::string& table, const TableChange& change) {
    try {
      STEPD_TRY(StoredTablePtr changed, tables_.alter(table, change));
      return TablePtr(std::move(changed));
    } catch (const StoreError& error) {
      return unreadable(error.what());
    }
  }

  struct Attempted {
    ChangeItems write;
    std::vector<ItemChange> changes;
  };

  Result<StoredTablePtr> find(const std::string& table) const {
    auto found = tables_.find(table);
    if (found == nullptr) return AslError{"Item.NoSuchTable", "There is no table '" + table + "'."};
    return found;
  }

  Result<std::vector<ItemPlace>> places_of(std::span<const ItemRef> refs) const {
    std::vector<ItemPlace> places;
    for (const auto& ref : refs) {
      STEPD_TRY(const StoredTablePtr table, find(ref.table));
      STEPD_TRY(std::string key, bytes_of_key(table->schema, ref.key));
      places.push_back({table->items, std::move(key)});
    }
    return places;
  }

  Result<bool> was_made(const RequestToken& request) const {
    const auto known = store_.reader().item_receipt(request.token);
    if (!known || known->at < clock_.now() - kReceiptLife) return false;
    if (known->digest == request.digest) return true;
    return AslError{"Item.TokenUsed", "The token of the request was used for another one."};
  }

  Result<Attempted> decided(std::span<const ItemRef> refs, const std::vector<ItemPlace>& places,
                            const ItemDecisions& decide) const {
    const auto texts = places.size() == 1 ? std::vector{store_.reader().item(places.front())}
                                          : store_.reader().items(std::span<const ItemPlace>(places));
    std::vector<std::optional<Item>> before;
    for (const auto& text : texts) {
      STEPD_TRY(auto item, read_item(text));
      before.push_back(std::move(item));
    }
    std::vector<const Item*> present;
    present.reserve(before.size());
    for (const auto& item : before) present.push_back(item ? &*item : nullptr);
    STEPD_TRY(auto after, decide(present));
    Attempted attempted;
    for (std::size_t i = 0; i < refs.size(); ++i) {
      STEPD_TRY(ItemEdit edit, edit_of(refs[i].table, places[i], before[i], after[i]));
      edit.before = texts[i];
      attempted.write.edits.push_back(std::move(edit));
      attempted.changes.push_back({std::move(before[i]), std::move(after[i])});
    }
    return attempted;
  }

  Result<ItemEdit> edit_of(const std::string& name, const ItemPlace& place, const std::optional<Item>& before,
                           const std::optional<Item>& after) const {
    STEPD_TRY(const StoredTablePtr table, find(name));
    ItemEdit edit{place, std::nullopt, std::nullopt};
    std::vector<IndexEntry> old_entries;
    if (before) old_entries = entries_of(table->schema, place.key, *before);
    std::vector<IndexEntry> entries;
    if (after) {
      STEPD_TRY(const std::string key, bytes_of_item(table->schema, *after));
      if (key != place.key)
        return AslError{"Item.InvalidKey", "The key of an item of table '" + name + "' cannot be changed."};
      STEPD_CHECK(check_index_keys(table->schema, *after));
      const auto size = size_of_item(*after);
      if (size > kItemBytes)
        return AslError{"Item.TooLarge", "The item would have " + std::to_string(size) + " bytes, " +
                                             std::to_string(kItemBytes) + " are the limit."};
      entries = entries_of(table->schema, place.key, *after);
      edit.after = print_item(*after);
    }
    std::set_difference(old_entries.begin(), old_entries.end(), entries.begin(), entries.end(),
                        std::back_inserter(edit.left));
    std::set_difference(entries.begin(), entries.end(), old_entries.begin(), old_entries.end(),
                        std::back_inserter(edit.taken));
    return edit;
  }

  Result<ItemPage> read_page(const StoredTable& table, const ItemQuery& query, ItemRange range) const {
    ItemPage page;
    std::size_t bytes = 0;
    range.bytes = kReadBytes;
    for (;;) {
      range.limit = std::min(query.limit - page.items.size(), kReadItems);
      if (range.limit == 0) {
        page.more = true;
        return page;
      }
      const auto records = store_.reader().items(range);
      for (const auto& record : records) {
        STEPD_TRY(auto item, read_item(record.item));
        if (!is_in_segment(table, query, *item)) continue;
        bytes += size_of_item(*item);
        page.items.push_back(*std::move(item));
        page.more = page.items.size() >= query.limit || bytes >= query.bytes;
        if (page.more) return page;
      }
      if (records.empty()) return page;
      if (query.backward) {
        range.to = records.back().entry;
      } else {
        range.from = records.back().entry + '\0';
      }
    }
  }

  static bool is_in_segment(const StoredTable& table, const ItemQuery& query, const Item& item) {
    if (query.segments <= 1) return true;
    const auto* partition = item.find(table.schema.key.name);
    return partition != nullptr && hash_of(key_bytes(*partition)) % query.segments == query.segment;
  }

  /// True if there may be more.
  bool remove_expired(const StoredTable& table, std::size_t most) {
    const auto now = std::chrono::floor<std::chrono::seconds>(clock_.now()).time_since_epoch().count();
    ItemRange range{.table = table.items, .index = std::string(kExpiryIndex), .limit = most};
    range.from = key_bytes(Attribute::number(now - kExpiryAgeSeconds));
    range.to = after_all(key_bytes(Attribute::number(now)));
    const auto records = store_.reader().items(range);
    std::size_t removed = 0;
    for (const auto& record : records) {
      const auto item = parse_item(record.item);
      if (!item) continue;
      ItemEdit edit{{table.items, record.key}, record.item, std::nullopt, entries_of(table.schema, record.key, *item)};
      // In vain if the item has been written since.
      if (write_and_wait(store_, ChangeItems{{std::move(edit)}}) == Outcome::Committed) ++removed;
    }
    return records.size() == most && removed != 0;
  }

  Store& store_;
  const Clock& clock_;
  TableList tables_;
};

}  // namespace

std::unique_ptr<ItemStore> make_item_store(Store& store, std::vector<TableSchema> tables, const Clock& clock) {
  return std::make_unique<ItemTables>(store, tables, clock);
}

std::unique_ptr<ItemStore> make_item_store(Store& store, std::vector<TableSchema> tables) {
  static const SystemClock clock;
  return make_item_store(store, std::move(tables), clock);
}

}  // namespace stepd::storage
