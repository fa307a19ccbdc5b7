// Sends spans to a collector of OpenTelemetry by OTLP/HTTP (OpenTelemetry Protocol 1.3, "OTLP/HTTP").
//
// 1. Whoever hands spans over never waits: beyond kQueueMax they are dropped and counted.
// 2. A batch is sent when kBatchMax spans wait or kDelay after the last one was. Answers 429, 502, 503 and 504 and
//    failed connections are tried again, kTriesMax times in all, with growing delays; every other answer drops the
//    batch, as the protocol demands.
// 3. What fails is one warning until a batch arrives again. The configured header fields are never logged.
#pragma once

#include "base/mutex.h"
#include "base/result.h"
#include "tasks/http/http_client.h"
#include "tasks/notify/topic.h"
#include "traces/span.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace stepd::traces {

struct ExporterOptions {
  std::string url;  ///< of the collector, with `/v1/traces`
  /// Header fields that the collector wants, such as Authorization; read anew for each batch.
  std::vector<std::pair<std::string, tasks::Secret>> fields = {};
  std::string service_name = "stepd";
  std::chrono::milliseconds timeout{10'000};     ///< of one request
  std::chrono::milliseconds first_delay{1'000};  ///< before the second try; doubles from try to try
};

/// Sends a request and waits for its answer.
using Transport = std::function<Result<tasks::HttpResponse>(tasks::HttpRequest)>;
/// `client` outlives it.
Transport transport_over(tasks::HttpClient& client);

/// Thread: any.
class SpanExporter {
 public:
  static constexpr std::size_t kQueueMax = 8'192;
  static constexpr std::size_t kBatchMax = 512;
  static constexpr std::chrono::milliseconds kDelay{2'000};
  static constexpr std::chrono::milliseconds kDelayMax{30'000};
  static constexpr unsigned kTriesMax = 5;

  struct Tally {
    std::uint64_t sent = 0;
    std::uint64_t dropped = 0;
    std::size_t waiting = 0;
  };

  /// Sends from start() on.
  SpanExporter(ExporterOptions options, Transport transport);
  ~SpanExporter();

  void add(std::vector<Span> spans);
  void start();
  /// Sends what waits, each batch once, and ends.
  void stop();
  /// Sends one batch of what waits. False if nothing waits.
  bool send_batch(const std::stop_token& stop = {});
  Tally tally() const;

 private:
  void run(const std::stop_token& stop);
  /// Whether the collector has taken it.
  bool send(const std::vector<Span>& batch, const std::stop_token& stop);
  Result<tasks::HttpRequest> request_of(const std::vector<Span>& batch) const;
  /// Whether the wait was not cut short.
  bool wait(std::chrono::milliseconds delay, const std::stop_token& stop);

  const ExporterOptions options_;
  const Transport transport_;
  mutable Mutex mutex_;
  StopConditionVariable changed_;
  std::deque<Span> queue_ STEPD_GUARDED_BY(mutex_);
  std::uint64_t sent_ STEPD_GUARDED_BY(mutex_) = 0;
  std::uint64_t dropped_ STEPD_GUARDED_BY(mutex_) = 0;
  std::atomic<bool> failing_ = false;
  std::jthread thread_;
};

}  // namespace stepd::traces
