#include "storage/items/table_list.h"

#include "base/attribute/plain_attribute.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "storage/items/item_keys.h"
#include "storage/items/table_text.h"

#include <spdlog/spdlog.h>
#include <algorithm>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <future>
#include <utility>

namespace stepd::storage {
namespace {

constexpr std::size_t kPurgeStep = 1'000;
constexpr std::size_t kRebuildItems = 200;
constexpr std::size_t kRebuildBytes = 4'194'304;

AslError no_table(const std::string& name) { return {"Item.NoSuchTable", "There is no table '" + name + "'."}; }

/// The same for a name in every process: restarts do not change it.
std::string id_of_configured(const std::string& name) {
  std::string bytes = sha256("stepd table " + name).substr(0, 16);
  bytes[6] = static_cast<char>((static_cast<unsigned char>(bytes[6]) & 0x0f) | 0x80);
  bytes[8] = static_cast<char>((static_cast<unsigned char>(bytes[8]) & 0x3f) | 0x80);
  return to_uuid(bytes);
}

std::string fresh_id() {
  thread_local boost::uuids::random_generator generator;
  return boost::uuids::to_string(generator());
}

bool has_index(const TableSchema& schema, const IndexSchema& index) {
  const auto* found = schema.find_index(index.name);
  return found != nullptr && found->key == index.key && found->sort == index.sort;
}

/// Whether items that are there already have to be looked at.
bool needs_rebuild(const TableSchema& before, const TableSchema& after) {
  if (before.key.name != after.key.name || before.sort != after.sort) return true;
  if (!after.ttl_attribute.empty() && after.ttl_attribute != before.ttl_attribute) return true;
  return std::any_of(after.indexes.begin(), after.indexes.end(),
                     [&](const auto& index) { return !has_index(before, index); });
}

/// Indexes whose entries are not those of any index of `after`.
std::vector<std::string> stale_indexes(const TableSchema& before, const TableSchema& after) {
  std::vector<std::string> stale;
  const bool same_key = before.key.name == after.key.name && before.sort == after.sort;
  for (const auto& index : before.indexes) {
    if (!same_key || !has_index(after, index)) stale.push_back(index.name);
  }
  const bool expiry = !before.ttl_attribute.empty() && (!same_key || before.ttl_attribute != after.ttl_attribute);
  if (expiry) stale.emplace_back(kExpiryIndex);
  return stale;
}

/// What brings one item to where the table's present schema looks for it. No edit where its key cannot be made.
std::vector<ItemEdit> rebuilt(const StoredTable& table, const ItemRecord& record) {
  const auto item = parse_item(record.item);
  if (!item) return {};
  const auto key = bytes_of_item(table.schema, *item);
  if (!key) {
    spdlog::warn("table {}: an item stays out of reach: {}", table.schema.name, key.error().cause);
    return {};
  }
  auto entries = entries_of(table.schema, *key, *item);
  if (*key == record.key) return {{{table.items, *key}, record.item, record.item, {}, std::move(entries)}};
  return {{{table.items, record.key}, record.item, std::nullopt},
          {{table.items, *key}, std::nullopt, record.item, {}, std::move(entries)}};
}

}  // namespace

Outcome write_and_wait(Store& store, Write write) {
  std::promise<Outcome> promise;
  auto answer = promise.get_future();
  store.write(std::move(write), [&](Outcome outcome) { promise.set_value(outcome); });
  return answer.get();
}

Result<void> check_outcome(Outcome outcome, const std::string& table) {
  switch (outcome) {
    case Outcome::Committed:
      return {};
    case Outcome::Unavailable:
      return AslError{"Item.StorageFull", "Table '" + table + "' takes no items at present: is the disk full?"};
    default:
      return AslError{"Item.Failed", "Table '" + table + "' could not be written."};
  }
}

TableList::TableList(Store& store, const std::vector<TableSchema>& configured, const Clock& clock)
    : store_(store), clock_(clock) {
  const auto records = store_.reader().item_tables();
  for (const auto& record : records) {
    const MutexLock lock(mutex_);
    if (record.dropped) dropped_ = true;
    auto table = record.dropped ? Result<Table>(Table()) : parse_table(record.schema);
    if (record.dropped || (table && table->configured)) continue;
    if (!table) throw StoreError("table " + record.name + " cannot be read: " + table.error().cause);
    table->created_at = record.created_at;
    tables_[record.name] = std::make_shared<StoredTable>(StoredTable{*std::move(table), record.items});
  }
  for (const auto& schema : configured) configure(schema, records);
}

/// Of a table that was created before the configuration named it, the items go on.
void TableList::configure(const TableSchema& schema, const std::vector<TableRecord>& records) {
  const auto record = std::find_if(records.begin(), records.end(),
                                   [&](const auto& each) { return each.name == schema.name && !each.dropped; });
  StoredTable table{{schema, id_of_configured(schema.name), true, clock_.now(), "{}"}, schema.name};
  // Before tables had records they had a key and nothing else.
  TableSchema before{schema.name, schema.key};
  if (record != records.end()) {
    const auto known = parse_table(record->schema);
    if (!known) throw StoreError("table " + schema.name + " cannot be read: " + known.error().cause);
    before = known->schema;
    table.items = record->items;
    table.created_at = record->created_at;
    table.id = known->id;
    if (table.schema.ttl_attribute.empty()) table.schema.ttl_attribute = before.ttl_attribute;
  }
  const auto served = std::make_shared<const StoredTable>(table);
  if (record == records.end() || record->schema != print_table(table)) {
    if (const auto done = rebuild(table, before); !done)
      throw StoreError("table " + schema.name + " cannot be brought in order: " + done.error().cause, Hope::Good);
    if (const auto saved = save(table); !saved) spdlog::warn("{}", saved.error().cause);
  }
  const MutexLock lock(mutex_);
  tables_[schema.name] = served;
}

std::vector<StoredTablePtr> TableList::all() const {
  const MutexLock lock(mutex_);
  std::vector<StoredTablePtr> found;
  for (const auto& [name, table] : tables_) found.push_back(table);
  return found;
}

StoredTablePtr TableList::find(std::string_view name) const {
  const MutexLock lock(mutex_);
  const auto found = tables_.find(name);
  return found == tables_.end() ? nullptr : found->second;
}

Result<void> TableList::save(const StoredTable& table, bool dropped) {
  const auto outcome =
      write_and_wait(store_, PutTable{{table.items, table.schema.name, print_table(table), table.created_at, dropped}});
  if (outcome == Outcome::NameTaken)
    return AslError{"Item.TableExists", "There is a table '" + table.schema.name + "' already."};
  return check_outcome(outcome, table.schema.name);
}

Result<StoredTablePtr> TableList::create(const TableSchema& schema, const std::string& settings) {
  const MutexLock one_change(changing_);
  if (find(schema.name) != nullptr)
    return AslError{"Item.TableExists", "There is a table '" + schema.name + "' already."};
  const auto id = fresh_id();
  const auto table = std::make_shared<const StoredTable>(
      StoredTable{{schema, id, false, clock_.now(), settings.empty() ? "{}" : settings}, id});
  STEPD_CHECK(save(*table));
  const MutexLock lock(mutex_);
  tables_[schema.name] = table;
  return table;
}

Result<StoredTablePtr> TableList::drop(const std::string& name) {
  const MutexLock one_change(changing_);
  const auto table = find(name);
  if (table == nullptr) return no_table(name);
  if (table->configured)
    return AslError{"Item.Configured", "Table '" + name + "' is of the configuration and cannot be deleted."};
  STEPD_CHECK(save(*table, true));
  const MutexLock lock(mutex_);
  tables_.erase(name);
  dropped_ = true;
  return table;
}

Result<StoredTablePtr> TableList::alter(const std::string& name, const TableChange& change) {
  const MutexLock one_change(changing_);
  const auto present = find(name);
  if (present == nullptr) return no_table(name);
  auto changed = *present;
  STEPD_CHECK(change(changed));
  // Writes from now on keep the new indexes; the items that are there follow.
  const auto table = std::make_shared<const StoredTable>(changed);
  {
    const MutexLock lock(mutex_);
    tables_[name] = table;
  }
  auto done = rebuild(*table, present->schema);
  if (done) done = save(*table);
  if (!done) {
    const MutexLock lock(mutex_);
    tables_[name] = present;
    return done.error();
  }
  return table;
}

bool TableList::purge_dropped(std::size_t rows) {
  {
    const MutexLock lock(mutex_);
    if (!dropped_) return false;
  }
  for (const auto& record : store_.reader().item_tables()) {
    if (!record.dropped) continue;
    return write_and_wait(store_, PurgeItems{record.items, std::nullopt, rows}) == Outcome::Committed;
  }
  const MutexLock lock(mutex_);
  dropped_ = false;
  return false;
}

Result<void> TableList::rebuild(const StoredTable& table, const TableSchema& before) {
  for (const auto& index : stale_indexes(before, table.schema)) STEPD_CHECK(purge_index(table, index));
  if (!needs_rebuild(before, table.schema)) return {};
  return write_entries(table);
}

Result<void> TableList::purge_index(const StoredTable& table, const std::string& index) {
  const ItemRange first{.table = table.items, .index = index, .limit = 1};
  while (!store_.reader().items(first).empty()) {
    STEPD_CHECK(check_outcome(write_and_wait(store_, PurgeItems{table.items, index, kPurgeStep}), table.schema.name));
  }
  return {};
}

Result<void> TableList::write_entries(const StoredTable& table) {
  ItemRange range{.table = table.items, .limit = kRebuildItems, .bytes = kRebuildBytes};
  for (;;) {
    const auto records = store_.reader().items(range);
    if (records.empty()) return {};
    for (const auto& record : records) {
      const auto edits = rebuilt(table, record);
      if (edits.empty()) continue;
      // In vain if the item has been written since, which has put it where it belongs, or if another has its key.
      const auto outcome = write_and_wait(store_, ChangeItems{edits});
      if (outcome != Outcome::Conflict) STEPD_CHECK(check_outcome(outcome, table.schema.name));
    }
    range.from = records.back().key + '\0';
  }
}

}  // namespace stepd::storage
