#include "dynamodb/capacity.h"

#include "dynamodb/item_checks.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace stepd::dynamodb {
namespace {

constexpr double kReadUnitBytes = 4'096;
constexpr double kWriteUnitBytes = 1'024;

double write_units(std::size_t bytes) { return std::max(1.0, std::ceil(static_cast<double>(bytes) / kWriteUnitBytes)); }

std::size_t size_or_nothing(const std::optional<Item>& item) { return item ? size_of_item(*item) : 0; }

double index_units(const TableSchema& schema, const IndexSchema& index, const ItemChange& change) {
  const auto entry = [&](const std::optional<Item>& item) {
    return item && is_indexed(index, *item) ? std::optional(project_index(schema, index, *item)) : std::nullopt;
  };
  const auto before = entry(change.before);
  const auto after = entry(change.after);
  if (before == after) return 0;
  const auto names = key_names(schema, &index);
  const bool moves = before && after && select_attributes(*before, names) != select_attributes(*after, names);
  if (moves) return write_units(size_of_item(*before)) + write_units(size_of_item(*after));
  return write_units(std::max(size_or_nothing(before), size_or_nothing(after)));
}

Json units_of(double units) { return Json{{"CapacityUnits", units}}; }

Json units_by_index(const std::map<std::string, double>& indexes) {
  Json by_name = Json::object();
  for (const auto& [name, units] : indexes) by_name[name] = units_of(units);
  return by_name;
}

}  // namespace

void Capacity::read(std::size_t bytes, Reading reading, const IndexSchema* index) {
  const double whole = std::max(1.0, std::ceil(static_cast<double>(bytes) / kReadUnitBytes));
  const double units = reading == Reading::Eventual ? whole / 2 : reading == Reading::Transaction ? whole * 2 : whole;
  if (index == nullptr) {
    table_units_ += units;
  } else {
    (index->local ? local_ : global_)[index->name] += units;
  }
}

void Capacity::write(const TableSchema& schema, const ItemChange& change, bool in_transaction) {
  const auto bytes = std::max(size_or_nothing(change.before), size_or_nothing(change.after));
  table_units_ += write_units(bytes) * (in_transaction ? 2 : 1);
  for (const auto& index : schema.indexes) {
    const auto units = index_units(schema, index, change);
    if (units > 0) (index.local ? local_ : global_)[index.name] += units;
  }
}

Json Capacity::json(const std::string& mode, std::optional<Access> transaction) const {
  double total = table_units_;
  for (const auto* indexes : {&local_, &global_}) {
    for (const auto& [name, units] : *indexes) total += units;
  }
  Json made{{"TableName", table_}, {"CapacityUnits", total}};
  const char* by_access = !transaction                   ? nullptr
                          : *transaction == Access::Read ? "ReadCapacityUnits"
                                                         : "WriteCapacityUnits";
  if (by_access != nullptr) made[by_access] = total;
  if (mode != "INDEXES") return made;
  made["Table"] = units_of(table_units_);
  if (by_access != nullptr) made["Table"][by_access] = table_units_;
  if (!local_.empty()) made["LocalSecondaryIndexes"] = units_by_index(local_);
  if (!global_.empty()) made["GlobalSecondaryIndexes"] = units_by_index(global_);
  return made;
}

bool is_wanted(const std::optional<std::string>& return_consumed_capacity) {
  return return_consumed_capacity && *return_consumed_capacity != "NONE";
}

}  // namespace stepd::dynamodb
