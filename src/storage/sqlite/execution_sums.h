// The checksums of the rows that lists and descriptions are made of: of executions and of revisions of state machines.
#pragma once

#include "storage/sqlite/sqlite_connection.h"
#include "storage/store.h"

#include <cstdint>

/// What the two checksums of an execution `e` are over, in this order.
#define STEPD_SUMMED_COLUMNS                                                                                        \
  "e.id, e.machine, e.revision, e.status, e.started_at, e.stopped_at, e.version, e.redrive_count, e.redriven_at,"   \
  " e.input_payload, e.output_payload, e.arn, e.name, e.alias, e.trace_header, e.redrive_tokens, e.error, e.cause," \
  " e.input, e.output"
/// Those of the first alone, which are on the row's first page however long its texts are.
#define STEPD_SUMMARY_SUMMED_COLUMNS                                                                              \
  "e.id, e.machine, e.revision, e.status, e.started_at, e.stopped_at, e.version, e.redrive_count, e.redriven_at," \
  " e.input_payload, e.output_payload, e.arn, e.name, e.alias"

namespace stepd::storage::sqlite {

struct ExecutionSums {
  std::int64_t summary = 0;
  std::int64_t texts = 0;
};

/// `first` is the column with which STEPD_SUMMED_COLUMNS begin.
ExecutionSums sums_of_execution(const Run& row, int first);
/// Of STEPD_SUMMARY_SUMMED_COLUMNS.
std::int64_t sum_of_summary(const Run& row, int first);

/// Gives the connection the SQL functions `execution_sum` and `execution_text_sum`, with which a statement stores both
/// checksums together with what they are over: of the columns of STEPD_SUMMARY_SUMMED_COLUMNS, and of the id and the
/// remaining columns of STEPD_SUMMED_COLUMNS. Throws SqliteError.
void define_execution_sums(Connection& connection);

/// Without the state machine's ARN, which lies elsewhere.
std::int64_t sum_of_revision(const StateMachineRecord& record);

}  // namespace stepd::storage::sqlite
