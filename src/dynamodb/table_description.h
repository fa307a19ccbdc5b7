// TableDescription, as CreateTable, DescribeTable, DeleteTable and UpdateTable show a table; and what CreateTable keeps
// of its request beside the keys (Table::settings).
#pragma once

#include "dynamodb/dynamodb_operation.h"

#include <map>
#include <string>
#include <string_view>

namespace stepd::dynamodb {

struct Throughput {
  std::int64_t read = 0;
  std::int64_t write = 0;
};

struct TableSettings {
  bool is_provisioned = false;  ///< else PAY_PER_REQUEST
  Throughput throughput = {};
  std::map<std::string, Throughput> indexes = {};
  bool is_protected = false;  ///< DeletionProtectionEnabled
};

std::string print_settings(const TableSettings& settings);
/// Defaults for what cannot be read.
TableSettings parse_settings(std::string_view text);

std::string table_arn(const Desk& desk, const std::string& name);

enum class TableStatus : std::uint8_t { Creating, Active, Deleting };
Json describe_table(const Desk& desk, const Table& table, TableStatus status);

}  // namespace stepd::dynamodb
