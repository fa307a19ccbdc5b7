#include "storage/sqlite/execution_sums.h"

#include "storage/sqlite/row_seal.h"

namespace stepd::storage::sqlite {
namespace {

constexpr int kNumbers = 11;
constexpr int kSummaryTexts = 3;
constexpr int kOtherTexts = 6;

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
