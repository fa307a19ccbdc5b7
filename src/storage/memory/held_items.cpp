#include "storage/memory/held_items.h"

#include <algorithm>
#include <iterator>

namespace stepd::storage {
namespace {

/// Calls `each` for the range's keys until it answers false.
template <class Map, class Each>
void walk(const Map& map, const ItemRange& range, Each each) {
  if (range.to <= range.from) return;
  const auto begin = map.lower_bound(range.from);
  const auto end = map.lower_bound(range.to);
  if (!range.backward) {
    for (auto at = begin; at != end; ++at) {
      if (!each(*at)) return;
    }
  } else {
    for (auto at = end; at != begin;) {
      if (!each(*--at)) return;
    }
  }
}

}  // namespace

const HeldItems::Held* HeldItems::find(const std::string& table) const {
  const auto found = held_.find(table);
  return found == held_.end() ? nullptr : &found->second;
}

bool HeldItems::change(const ChangeItems& change) {
  for (const auto& edit : change.edits) {
    if (item(edit.place) != edit.before) return false;
  }
  if (change.receipt) {
    std::erase_if(receipts_, [&](const auto& each) { return each.second.at < change.receipts_expire; });
    if (!receipts_.emplace(change.receipt->token, *change.receipt).second) return false;
  }
  for (const auto& edit : change.edits) {
    Held& held = held_[edit.place.table];
    for (const auto& entry : edit.left) held.indexes[entry.index].erase(entry.key);
    for (const auto& entry : edit.taken) held.indexes[entry.index][entry.key] = edit.place.key;
    if (edit.after) {
      held.items[edit.place.key] = *edit.after;
    } else {
      held.items.erase(edit.place.key);
    }
  }
  if (!change.attempt.empty()) {
    const auto& first = change.edits.front();
    changes_[change.attempt] = {first.before, first.after};
  }
  return true;
}

bool HeldItems::put_table(const PutTable& put) {
  const bool taken = std::any_of(tables_.begin(), tables_.end(), [&](const auto& each) {
    return each.second.name == put.record.name && !each.second.dropped && each.first != put.record.items;
  });
  if (taken && !put.record.dropped) return false;
  tables_[put.record.items] = put.record;
  return true;
}

void HeldItems::purge(const PurgeItems& purge) {
  Held& held = held_[purge.table];
  auto rows = purge.rows;
  for (auto at = held.indexes.begin(); at != held.indexes.end() && rows != 0;) {
    if (purge.index && at->first != *purge.index) {
      ++at;
      continue;
    }
    auto& entries = at->second;
    for (; rows != 0 && !entries.empty(); --rows) entries.erase(entries.begin());
    at = entries.empty() ? held.indexes.erase(at) : std::next(at);
  }
  if (purge.index) return;
  for (; rows != 0 && !held.items.empty(); --rows) held.items.erase(held.items.begin());
  const auto record = tables_.find(purge.table);
  if (rows != 0 && record != tables_.end() && record->second.dropped) {
    tables_.erase(record);
    held_.erase(purge.table);
  }
}

void HeldItems::forget_changes(std::int64_t execution) {
  const auto number = std::to_string(execution);
  changes_.erase(changes_.lower_bound(number + "-"), changes_.lower_bound(number + "."));
}

std::vector<TableRecord> HeldItems::item_tables() const {
  std::vector<TableRecord> found;
  for (const auto& [items, record] : tables_) found.push_back(record);
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return found;
}

ItemTally HeldItems::tally_items(const std::string& table) const {
  ItemTally tally;
  const auto* held = find(table);
  if (held == nullptr) return tally;
  for (const auto& [key, item] : held->items) tally.bytes += item.size();
  tally.items = held->items.size();
  return tally;
}

std::optional<std::string> HeldItems::item(const ItemPlace& place) const {
  const auto* held = find(place.table);
  if (held == nullptr) return std::nullopt;
  const auto found = held->items.find(place.key);
  return found == held->items.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::optional<std::string>> HeldItems::items(std::span<const ItemPlace> places) const {
  std::vector<std::optional<std::string>> found;
  for (const auto& place : places) found.push_back(item(place));
  return found;
}

std::vector<ItemRecord> HeldItems::items(const ItemRange& range) const {
  std::vector<ItemRecord> found;
  const auto* held = find(range.table);
  if (held == nullptr || range.limit == 0) return found;
  std::size_t bytes = 0;
  const auto take = [&](const std::string& key, const std::string& entry, const std::string& text) {
    bytes += text.size();
    found.push_back({key, entry, text});
    return found.size() < range.limit && bytes <= range.bytes;
  };
  if (range.index.empty()) {
    walk(held->items, range, [&](const auto& each) { return take(each.first, each.first, each.second); });
    return found;
  }
  const auto index = held->indexes.find(range.index);
  if (index == held->indexes.end()) return found;
  walk(index->second, range, [&](const auto& each) {
    const auto item = held->items.find(each.second);
    return item == held->items.end() || take(each.second, each.first, item->second);
  });
  return found;
}

std::optional<ChangedItem> HeldItems::changed_item(const std::string& attempt) const {
  const auto found = changes_.find(attempt);
  return found == changes_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<ItemReceipt> HeldItems::item_receipt(const std::string& token) const {
  const auto found = receipts_.find(token);
  return found == receipts_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace stepd::storage
