#include "daemon/tracing.h"

#include <utility>

namespace stepd::daemon {

Tracing::Tracing(const Traces& options)
    : ids(options.share),
      exporter(options.exporter, traces::transport_over(client)),
      book(ids, [this](std::vector<traces::Span> spans) { exporter.add(std::move(spans)); }) {
  exporter.start();
}

std::vector<api::Sample> Tracing::samples() const {
  const auto tally = exporter.tally();
  const auto count = [](std::uint64_t value) { return static_cast<double>(value); };
  return {
      {"trace_spans_sent_total", "Spans that the collector has taken.", api::SampleKind::Counter, count(tally.sent)},
      {"trace_spans_dropped_total", "Spans that the collector did not take, or that came faster than they were sent.",
       api::SampleKind::Counter, count(tally.dropped)},
      {"trace_spans_left_out_total", "Spans and executions beyond the limits of what is traced at once.",
       api::SampleKind::Counter, count(book.left_out())},
      {"trace_spans_waiting", "Spans that wait to be sent.", api::SampleKind::Gauge, count(tally.waiting)}};
}

}  // namespace stepd::daemon
