// UpdateTable: billing, protection, and global indexes, which hold the items that are there when the answer comes.
// Source: DynamoDB API reference.
#include "dynamodb/table_request.h"

#include <nlohmann/json.hpp>

namespace stepd::dynamodb {
namespace {

Answer update(const Json& arguments, const Desk& desk) {
  Request request(arguments, Wording::New);
  const auto name = request.table_name();
  STEPD_CHECK(request.check());
  const auto before = desk.items.find_table(name);
  if (before == nullptr)
    return Failure("ResourceNotFoundException", "Requested resource not found: Table: " + name + " not found");
  const auto changed =
      desk.items.alter(name, [&](Table& table) -> Result<void> { return read_table_change(arguments, table); });
  if (!changed) return changed.error();
  Json described = describe_table(desk, **changed, TableStatus::Active);
  described["TableStatus"] = "UPDATING";
  if (const auto indexes = described.find("GlobalSecondaryIndexes"); indexes != described.end()) {
    for (auto& index : *indexes) {
      const bool is_new = before->schema.find_index(index["IndexName"].get<std::string>()) == nullptr;
      if (is_new) index["IndexStatus"] = "CREATING";
    }
  }
  return Json{{"TableDescription", std::move(described)}};
}

}  // namespace

extern const Operation update_table;
const Operation update_table{"UpdateTable", update};

}  // namespace stepd::dynamodb
