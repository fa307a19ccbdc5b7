#include "daemon/config/storage/tables_section.h"

namespace stepd::daemon {

std::vector<TableSchema> read_tables(Mapping& root) {
  std::vector<TableSchema> tables;
  root.each("tables", [&](const std::string& name, Mapping& mapping) {
    tables.push_back({name, mapping.text("key")});
  });
  return tables;
}

}  // namespace stepd::daemon
