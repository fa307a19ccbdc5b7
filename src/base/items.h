// The door to items: small tables of JSON objects, each found by one declared key attribute.
#pragma once

#include "base/json.h"
#include "base/result.h"

#include <optional>
#include <string>
#include <vector>

namespace stepd {

struct TableSchema {
  std::string name;
  std::string key_attribute;  ///< its value in an item is a string or a number
};

/// Thread: any; calls block until the answer is durable.
/// Errors: `Item.NoSuchTable`, `Item.InvalidKey` (absent, empty, or neither string nor number), `Item.StorageFull`,
/// `Item.Failed`.
class ItemStore {
 public:
  virtual ~ItemStore() = default;
  virtual std::vector<TableSchema> tables() const = 0;
  /// Replaces the whole item of that key.
  virtual Result<void> put(const std::string& table, const Json& item) = 0;
  virtual Result<std::optional<Json>> get(const std::string& table, const Json& key) const = 0;
  virtual Result<void> remove(const std::string& table, const Json& key) = 0;
};

}  // namespace stepd
