// The tables of items that the memory store holds, and what each kind of write does to them.
#pragma once

#include "storage/item_records.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace stepd::storage {

/// Thread: whoever holds MemoryStore's mutex.
class HeldItems final : public ItemReader {
 public:
  /// False: Outcome::Conflict.
  bool change(const ChangeItems& change);
  /// False: Outcome::NameTaken.
  bool put_table(const PutTable& put);
  void purge(const PurgeItems& purge);
  /// What the attempts of an execution did.
  void forget_changes(std::int64_t execution);

  std::vector<TableRecord> item_tables() const override;
  ItemTally tally_items(const std::string& table) const override;
  std::optional<std::string> item(const ItemPlace& place) const override;
  std::vector<std::optional<std::string>> items(std::span<const ItemPlace> places) const override;
  std::vector<ItemRecord> items(const ItemRange& range) const override;
  std::optional<ChangedItem> changed_item(const std::string& attempt) const override;
  std::optional<ItemReceipt> item_receipt(const std::string& token) const override;

 private:
  using Entries = std::map<std::string, std::string>;  // key of the index -> key of the item
  struct Held {
    std::map<std::string, std::string> items;
    std::map<std::string, Entries> indexes;
  };
  const Held* find(const std::string& table) const;

  std::map<std::string, TableRecord> tables_;  // by TableRecord::items
  std::map<std::string, Held> held_;
  std::map<std::string, ChangedItem> changes_;  // by attempt
  std::map<std::string, ItemReceipt> receipts_;
};

}  // namespace stepd::storage
