// What SqliteReader reads of items and their tables.
#include "storage/sqlite/reader.h"

#include <algorithm>
#include <array>

namespace stepd::storage::sqlite {
namespace {

// By index and direction. An index's entry without an item is passed over.
constexpr std::array<const char*, 4> kRanges{
    "SELECT key, key, data FROM item WHERE items = ?1 AND key >= ?2 AND key < ?3 ORDER BY key LIMIT ?4",
    "SELECT key, key, data FROM item WHERE items = ?1 AND key >= ?2 AND key < ?3 ORDER BY key DESC LIMIT ?4",
    "SELECT i.item, i.key, t.data FROM item_index i CROSS JOIN item t ON t.items = i.items AND t.key = i.item"
    " WHERE i.items = ?1 AND i.key >= ?2 AND i.key < ?3 AND i.name = ?5 ORDER BY i.key LIMIT ?4",
    "SELECT i.item, i.key, t.data FROM item_index i CROSS JOIN item t ON t.items = i.items AND t.key = i.item"
    " WHERE i.items = ?1 AND i.key >= ?2 AND i.key < ?3 AND i.name = ?5 ORDER BY i.key DESC LIMIT ?4"};

std::optional<std::string> text_at(Connection& connection, const ItemPlace& place) {
  Run row = connection.query("SELECT data FROM item WHERE items = ?1 AND key = ?2", place.table, Blob{place.key});
  return row.next() ? std::optional(row.text(0)) : std::nullopt;
}

Run query_range(Connection& connection, const ItemRange& range) {
  const auto limit = static_cast<std::int64_t>(std::min<std::size_t>(range.limit, INT64_MAX));
  const char* sql = kRanges.at((range.index.empty() ? 0U : 2U) + (range.backward ? 1U : 0U));
  if (range.index.empty()) return connection.query(sql, range.table, Blob{range.from}, Blob{range.to}, limit);
  return connection.query(sql, range.table, Blob{range.from}, Blob{range.to}, limit, range.index);
}

}  // namespace

std::vector<TableRecord> SqliteReader::item_tables() const {
  const auto connection = pool_.borrow();
  std::vector<TableRecord> found;
  Run rows = connection->query("SELECT items, name, schema, created_at, dropped FROM item_table ORDER BY name, items");
  while (rows.next())
    found.push_back({rows.text(0), rows.text(1), rows.text(2), rows.instant(3), rows.integer(4) != 0});
  return found;
}

ItemTally SqliteReader::tally_items(const std::string& table) const {
  const auto connection = pool_.borrow();
  Run row = connection->query("SELECT count, bytes FROM item_tally WHERE items = ?1", table);
  if (!row.next()) return {};
  return {static_cast<std::uint64_t>(row.integer(0)), static_cast<std::uint64_t>(row.integer(1))};
}

std::optional<std::string> SqliteReader::item(const ItemPlace& place) const {
  const auto connection = pool_.borrow();
  return text_at(*connection, place);
}

std::vector<std::optional<std::string>> SqliteReader::items(std::span<const ItemPlace> places) const {
  const auto connection = pool_.borrow();
  const Snapshot snapshot(*connection);
  std::vector<std::optional<std::string>> found;
  for (const auto& place : places) found.push_back(text_at(*connection, place));
  return found;
}

std::vector<ItemRecord> SqliteReader::items(const ItemRange& range) const {
  const auto connection = pool_.borrow();
  std::vector<ItemRecord> found;
  std::size_t bytes = 0;
  Run rows = query_range(*connection, range);
  while (bytes <= range.bytes && rows.next()) {
    found.push_back({rows.text(0), rows.text(1), rows.text(2)});
    bytes += found.back().item.size();
  }
  return found;
}

std::optional<ChangedItem> SqliteReader::changed_item(const std::string& attempt) const {
  const auto connection = pool_.borrow();
  Run row = connection->query("SELECT before, after FROM item_change WHERE attempt = ?1", attempt);
  if (!row.next()) return std::nullopt;
  return ChangedItem{row.optional_text(0), row.optional_text(1)};
}

std::optional<ItemReceipt> SqliteReader::item_receipt(const std::string& token) const {
  const auto connection = pool_.borrow();
  Run row = connection->query("SELECT token, digest, at FROM item_receipt WHERE token = ?1", token);
  if (!row.next()) return std::nullopt;
  return ItemReceipt{row.text(0), row.text(1), row.instant(2)};
}

}  // namespace stepd::storage::sqlite
