// The door to items: small tables of JSON objects, each found by one declared key attribute.
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

/// One item before and after a change; none: it was or is not there.
struct ItemChange {
  std::optional<Payload> before;
  std::optional<Payload> after;
};

/// From the item that is there (null: none), what shall be there instead (none: nothing). An error changes nothing.
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
  /// Decides and writes as one step: `decide` is asked again when another write came between. Its error is passed on;
  /// an item of another key is `Item.InvalidKey`. An `attempt` (see Handler) that has made its change before is
  /// answered with what it did then, for as long as its execution is open; empty: not remembered.
  virtual Result<ItemChange> change(const std::string& table, const Json& key, const ItemDecision& decide,
                                    const std::string& attempt) = 0;
  /// Items in a fixed order: those whose key is a text that begins with `prefix` (empty: all), after the key `after`
  /// (null: from the first), at most `limit`.
  virtual Result<ItemListing> list(const std::string& table, const std::string& prefix, const Json* after,
                                   std::size_t limit) const = 0;
};

}  // namespace stepd
