// Capacity units as DynamoDB counts them: ConsumedCapacity of the answers. Nothing is limited by them here. Source:
// DynamoDB developer guide, Capacity unit consumption.
#pragma once

#include "base/items.h"
#include "base/json.h"

#include <map>
#include <optional>
#include <string>

namespace stepd::dynamodb {

enum class Reading : std::uint8_t { Eventual, Consistent, Transaction };
enum class Access : std::uint8_t { Read, Write };

/// What one request has consumed of one table.
class Capacity {
 public:
  explicit Capacity(std::string table) : table_(std::move(table)) {}

  /// `bytes` read of the table, or of an index.
  void read(std::size_t bytes, Reading reading, const IndexSchema* index = nullptr);
  /// A write, with what it changes in indexes. An index entry that does not change costs nothing.
  void write(const TableSchema& schema, const ItemChange& change, bool in_transaction);

  /// `mode` is TOTAL or INDEXES. In transactions the units are shown by `access` as well.
  Json json(const std::string& mode, std::optional<Access> transaction = std::nullopt) const;

 private:
  std::string table_;
  double table_units_ = 0;
  std::map<std::string, double> local_;
  std::map<std::string, double> global_;
};

/// Whether the request wants it: TOTAL or INDEXES.
bool is_wanted(const std::optional<std::string>& return_consumed_capacity);

}  // namespace stepd::dynamodb
