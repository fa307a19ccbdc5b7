// What sends spans of executions to a collector, put together.
#pragma once

#include "api/metrics/metrics.h"
#include "daemon/config/server/traces_section.h"
#include "tasks/http/http_client.h"
#include "traces/span_book.h"
#include "traces/span_exporter.h"

#include <vector>

namespace stepd::daemon {

/// Ends after the engine whose listener `book` is; what waits then is sent.
struct Tracing {
  explicit Tracing(const Traces& options);

  /// For GET /metrics. Thread: any.
  std::vector<api::Sample> samples() const;

  const run::TraceIds ids;
  tasks::HttpClient client;
  traces::SpanExporter exporter;
  traces::SpanBook book;
};

}  // namespace stepd::daemon
