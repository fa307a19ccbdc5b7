// What a store keeps of tables of items: tables, items, what indexes hold, and requests that were made. Keys are bytes
// that sort as they are meant to (items/key_bytes.h); a store only compares them.
#pragma once

#include "base/clock.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace stepd::storage {

/// A table, by the name under which its items are kept. That name is not used again when the table is dropped.
struct TableRecord {
  std::string items;
  std::string name;
  std::string schema;  ///< JSON, for items/table_text.h
  Instant created_at;
  bool dropped = false;  ///< its items are being removed
  bool operator==(const TableRecord&) const = default;
};

/// The place of an item in an index.
struct IndexEntry {
  std::string index;
  std::string key;
  bool operator==(const IndexEntry&) const = default;
  auto operator<=>(const IndexEntry&) const = default;
};

struct ItemPlace {
  std::string table;  ///< TableRecord::items
  std::string key;
};

/// What becomes of one item if it is still `before`.
struct ItemEdit {
  ItemPlace place;
  std::optional<std::string> before;   ///< printed JSON; none: there is no such item
  std::optional<std::string> after;    ///< none: it is removed
  std::vector<IndexEntry> left = {};   ///< entries that it has no longer
  std::vector<IndexEntry> taken = {};  ///< entries that it has from now on
};

/// A request that is not made twice.
struct ItemReceipt {
  std::string token;
  std::string digest;
  Instant at;
  bool operator==(const ItemReceipt&) const = default;
};

/// All edits or none: Conflict if one item is not as it was, or if the receipt's token is known. `attempt` is
/// remembered with the first edit until its execution (the number before the `-`) ends.
struct ChangeItems {
  std::vector<ItemEdit> edits;
  std::string attempt = {};  ///< empty: not remembered
  std::optional<ItemReceipt> receipt = {};
  Instant receipts_expire = {};  ///< receipts before this are removed, with a receipt only
};

/// Adds a table or replaces its record. NameTaken if another table that is not dropped has the name.
struct PutTable {
  TableRecord record;
};

/// Removes about `rows` items and entries of a table or, if `index` is given, entries of that index. The record of a
/// dropped table goes with its last item.
struct PurgeItems {
  std::string table;
  std::optional<std::string> index = {};
  std::size_t rows = 0;
};

// ---- what can be read ---------------------------------------------------------------------------------------------

struct ItemRecord {
  std::string key;    ///< of the item
  std::string entry;  ///< of the index; without one, the item's
  std::string item;
};

/// The change that an attempt has made to an item.
struct ChangedItem {
  std::optional<std::string> before;
  std::optional<std::string> after;
};

/// Keys from `from` up to, without it, `to`.
struct ItemRange {
  std::string table;
  std::string index = {};  ///< empty: the items themselves
  std::string from = {};
  std::string to = "\xff";
  bool backward = false;
  std::size_t limit = SIZE_MAX;
  std::size_t bytes = SIZE_MAX;  ///< of texts of items; the item that exceeds them is the last
};

struct ItemTally {
  std::uint64_t items = 0;
  std::uint64_t bytes = 0;  ///< of their texts
  bool operator==(const ItemTally&) const = default;
};

/// As Reader.
class ItemReader {
 public:
  virtual ~ItemReader() = default;
  /// All of them, dropped ones as well, by name.
  virtual std::vector<TableRecord> item_tables() const = 0;
  virtual ItemTally tally_items(const std::string& table) const = 0;
  virtual std::optional<std::string> item(const ItemPlace& place) const = 0;
  /// As they were at one moment.
  virtual std::vector<std::optional<std::string>> items(std::span<const ItemPlace> places) const = 0;
  /// In the order of the keys, or backward.
  virtual std::vector<ItemRecord> items(const ItemRange& range) const = 0;
  virtual std::optional<ChangedItem> changed_item(const std::string& attempt) const = 0;
  virtual std::optional<ItemReceipt> item_receipt(const std::string& token) const = 0;
};

}  // namespace stepd::storage
