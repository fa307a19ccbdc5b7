// What `stepd doctor` asks of a store beyond what a daemon does: whether its pages are whole, and everything that is
// there.
#include "storage/sqlite/sqlite_connection.h"
#include "storage/sqlite/sqlite_store.h"

#include <map>

namespace stepd::storage {
namespace {

using namespace sqlite;

/// Adds what the query finds before it meets damage.
void collect(Connection& connection, const char* sql, std::map<ExecutionId, std::string>& found) {
  try {
    Run rows = connection.query(sql);
    while (rows.next()) {
      auto& arn = found[ExecutionId{rows.integer(0)}];
      if (arn.empty()) arn = rows.text(1);
    }
  } catch (const SqliteError& error) {
    if (!error.is_damage()) throw;
  }
}

}  // namespace

std::vector<std::string> check_pages(const std::filesystem::path& data_dir) {
  Connection connection(data_dir / "stepd.db", Access::ReadOnly);
  connection.script("PRAGMA cell_size_check = ON");
  std::vector<std::string> faults;
  try {
    Run rows = connection.query("PRAGMA integrity_check(100)");
    while (rows.next()) {
      if (auto text = rows.text(0); text != "ok") faults.push_back(std::move(text));
    }
  } catch (const SqliteError& error) {
    if (!error.is_damage()) throw;
    faults.emplace_back(error.what());
  }
  return faults;
}

/// By the table from both of its ends, and by two indexes, so that one damaged page hides little.
std::vector<StoredName> all_executions(const std::filesystem::path& data_dir) {
  Connection connection(data_dir / "stepd.db", Access::ReadOnly);
  std::map<ExecutionId, std::string> found;
  collect(connection, "SELECT id, arn FROM execution NOT INDEXED ORDER BY id", found);
  collect(connection, "SELECT id, arn FROM execution NOT INDEXED ORDER BY id DESC", found);
  collect(connection, "SELECT id, '' FROM execution INDEXED BY execution_machine WHERE machine >= 0", found);
  collect(connection, "SELECT DISTINCT execution, '' FROM event", found);
  std::vector<StoredName> names;
  for (auto& [id, arn] : found) names.push_back({id, std::move(arn)});
  return names;
}

}  // namespace stepd::storage
