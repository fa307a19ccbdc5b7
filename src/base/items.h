// ItemStore: the interface to tables of JSON objects (items), each identified by one declared key attribute.
#pragma once

#include "base/json.h"
#include "base/payload.h"
#include "base/result.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace stepd {

struct TableSchema {
  std::string name;
  std::string key_attribute;  ///< its value in an item is a string or a number
};

/// One item before and after a change; none: it did not exist or does not exist any more.
struct ItemChange {
  std::optional<Payload> before;
  std::optional<Payload> after;
};

/// Computes the new item from the present one (null: there is none). Answering none removes it; an error changes
/// nothing.
using ItemDecision = std::function<Result<std::optional<Json>>(const Json* present)>;

struct ItemListing {
  std::vector<Payload> items;
  bool more = false;
};

/// Thread: any; calls block until the answer is durable.
/// Errors: `Item.NoSuchTable`, `Item.InvalidKey` (absent, empty, or neither string nor number), `Item.TooLarge`,
/// `Item.StorageFull`, `Item.Failed`.
class ItemStore {
 public:
  virtual ~ItemStore() = default;
  virtual std::vector<TableSchema> tables() const = 0;
  /// Replaces the whole item of that key.
  virtual Result<void> put(const std::string& table, const Json& item) = 0;
  virtual Result<std::optional<Json>> get(const std::string& table, const Json& key) const = 0;
  virtual Result<void> remove(const std::string& table, const Json& key) = 0;
  /// Computes and writes the new item atomically; `decide` is called again if another write came between. Its error is
  /// passed on. A new item with another key is `Item.InvalidKey`. An `attempt` (see Handler) that has made its change
  /// before gets the answer of that time, as long as its execution is open; empty: not remembered.
  virtual Result<ItemChange> change(const std::string& table, const Json& key, const ItemDecision& decide,
                                    const std::string& attempt) = 0;
  /// At most `limit` items in a fixed order: those whose key is a string that begins with `prefix` (empty: all items)
  /// and comes after the key `after` (null: from the first).
  virtual Result<ItemListing> list(const std::string& table, const std::string& prefix, const Json* after,
                                   std::size_t limit) const = 0;
};

}  // namespace stepd
