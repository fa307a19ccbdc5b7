#include "storage/sqlite/execution_sums.h"

#include "storage/sqlite/row_seal.h"

#include <sqlite3.h>

namespace stepd::storage::sqlite {
namespace {

constexpr int kNumbers = 11;
constexpr int kSummaryTexts = 3;
constexpr int kOtherTexts = 6;

/// As Run::optional_text() of a column with that value. Valid until the function returns.
std::optional<std::string_view> text_of(sqlite3_value* value) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  if (text == nullptr) return std::nullopt;
  return std::string_view(text, static_cast<std::size_t>(sqlite3_value_bytes(value)));
}

void execution_sum(sqlite3_context* context, int count, sqlite3_value** values) {
  RowSum sum;
  for (int i = 0; i < count; ++i) sum.add(text_of(values[i]));
  sqlite3_result_int64(context, sum.value());
}

void execution_text_sum(sqlite3_context* context, int count, sqlite3_value** values) {
  RowSum sum;
  sum.add(std::int64_t{sqlite3_value_int64(values[0])});
  for (int i = 1; i < count; ++i) sum.add(text_of(values[i]));
  sqlite3_result_int64(context, sum.value());
}

void define(Connection& connection, const char* name, int arguments,
            void (*function)(sqlite3_context*, int, sqlite3_value**)) {
  const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
  if (sqlite3_create_function_v2(connection.handle(), name, arguments, flags, nullptr, function, nullptr, nullptr,
                                 nullptr) != SQLITE_OK) {
    throw_error(connection.handle(), name);
  }
}

}  // namespace

std::int64_t sum_of_summary(const Run& row, int first) {
  RowSum sum;
  for (int i = 0; i < kNumbers; ++i) sum.add(row.optional_text(first + i));
  for (int i = kNumbers; i < kNumbers + kSummaryTexts; ++i) sum.add(row.optional_text(first + i));
  return sum.value();
}

ExecutionSums sums_of_execution(const Run& row, int first) {
  RowSum texts;
  texts.add(row.integer(first));
  for (int i = 0; i < kOtherTexts; ++i) texts.add(row.optional_text(first + kNumbers + kSummaryTexts + i));
  return {sum_of_summary(row, first), texts.value()};
}

void define_execution_sums(Connection& connection) {
  define(connection, "execution_sum", kNumbers + kSummaryTexts, execution_sum);
  define(connection, "execution_text_sum", 1 + kOtherTexts, execution_text_sum);
}

std::int64_t sum_of_revision(const StateMachineRecord& record) {
  RowSum sum;
  for (const auto* text :
       {&record.revision_id, &record.name, &record.role_arn, &record.definition, &record.configuration}) {
    sum.add(std::string_view(*text));
  }
  sum.add(static_cast<std::int64_t>(record.type));
  sum.add(std::int64_t{record.created_at.time_since_epoch().count()});
  sum.add(std::int64_t{record.updated_at.time_since_epoch().count()});
  return sum.value();
}

}  // namespace stepd::storage::sqlite
