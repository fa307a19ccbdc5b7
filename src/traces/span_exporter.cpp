#include "traces/span_exporter.h"

#include "base/guarded.h"
#include "traces/otlp_json.h"

#include <spdlog/spdlog.h>
#include <algorithm>
#include <charconv>
#include <future>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

namespace stepd::traces {
namespace {

bool is_tried_again(const Result<tasks::HttpResponse>& answer) {
  if (!answer) return answer.error().name == "Http.Failed";
  const int status = answer->status;
  return status == 429 || status == 502 || status == 503 || status == 504;
}

bool is_taken(const Result<tasks::HttpResponse>& answer) {
  return answer && answer->status >= 200 && answer->status < 300;
}

/// Retry-After in seconds (RFC 9110 §10.2.3); a date is not read.
std::optional<std::chrono::milliseconds> wanted_delay(const Result<tasks::HttpResponse>& answer) {
  if (!answer) return std::nullopt;
  const auto text = answer->field("Retry-After");
  unsigned seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return std::chrono::seconds(std::min(seconds, 3'600U));
}

std::string why_refused(const Result<tasks::HttpResponse>& answer) {
  if (!answer) return answer.error().cause;
  return "the collector answered with status " + std::to_string(answer->status);
}

}  // namespace

Transport transport_over(tasks::HttpClient& client) {
  return [&client](tasks::HttpRequest request) -> Result<tasks::HttpResponse> {
    auto promise = std::make_shared<std::promise<Result<tasks::HttpResponse>>>();
    auto answer = promise->get_future();
    client.send("traces", std::move(request),
                [promise](Result<tasks::HttpResponse> result) { promise->set_value(std::move(result)); });
    return answer.get();
  };
}

SpanExporter::SpanExporter(ExporterOptions options, Transport transport)
    : options_(std::move(options)), transport_(std::move(transport)) {}

SpanExporter::~SpanExporter() { stop(); }

void SpanExporter::add(std::vector<Span> spans) {
  const MutexLock lock(mutex_);
  const auto room = kQueueMax - std::min(kQueueMax, queue_.size());
  const auto taken = std::min(room, spans.size());
  std::move(spans.begin(), spans.begin() + static_cast<std::ptrdiff_t>(taken), std::back_inserter(queue_));
  dropped_ += spans.size() - taken;
  if (queue_.size() >= kBatchMax) changed_.notify_one();
}

void SpanExporter::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void SpanExporter::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

SpanExporter::Tally SpanExporter::tally() const {
  const MutexLock lock(mutex_);
  return {sent_, dropped_, queue_.size()};
}

void SpanExporter::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      MutexLock lock(mutex_);
      changed_.wait_for(lock, stop, kDelay, [this]() STEPD_REQUIRES(mutex_) { return queue_.size() >= kBatchMax; });
    }
    run_guarded("trace export", [&] {
      while (!stop.stop_requested() && send_batch(stop)) {
      }
    });
  }
  // The process ends: one try for each batch, while the collector takes them.
  run_guarded("trace export", [&] {
    while (!failing_ && send_batch(stop)) {
    }
  });
}

bool SpanExporter::send_batch(const std::stop_token& stop) {
  std::vector<Span> batch;
  {
    const MutexLock lock(mutex_);
    const auto count = static_cast<std::ptrdiff_t>(std::min(kBatchMax, queue_.size()));
    if (count == 0) return false;
    std::move(queue_.begin(), queue_.begin() + count, std::back_inserter(batch));
    queue_.erase(queue_.begin(), queue_.begin() + count);
  }
  const bool taken = send(batch, stop);
  const MutexLock lock(mutex_);
  (taken ? sent_ : dropped_) += batch.size();
  return true;
}

Result<tasks::HttpRequest> SpanExporter::request_of(const std::vector<Span>& batch) const {
  tasks::HttpRequest request;
  request.url = options_.url;
  request.fields.emplace_back("Content-Type", "application/json");
  for (const auto& [name, secret] : options_.fields) {
    STEPD_TRY(auto value, secret.read());
    request.fields.emplace_back(name, std::move(value));
  }
  request.body = to_otlp_json(batch, options_.service_name);
  request.timeout = options_.timeout;
  return request;
}

bool SpanExporter::send(const std::vector<Span>& batch, const std::stop_token& stop) {
  auto delay = options_.first_delay;
  for (unsigned attempt = 1;; ++attempt) {
    auto request = request_of(batch);
    const auto answer = request ? transport_(*std::move(request)) : Result<tasks::HttpResponse>(request.error());
    if (is_taken(answer)) {
      if (failing_.exchange(false)) spdlog::info("traces: the collector takes spans again");
      return true;
    }
    if (!failing_.exchange(true)) {
      spdlog::warn("traces: spans cannot be sent to {}: {}; they are dropped until it takes them", options_.url,
                   why_refused(answer));
    }
    if (!is_tried_again(answer) || attempt == kTriesMax) return false;
    if (!wait(std::min(kDelayMax, wanted_delay(answer).value_or(delay)), stop)) return false;
    delay *= 2;
  }
}

bool SpanExporter::wait(std::chrono::milliseconds delay, const std::stop_token& stop) {
  MutexLock lock(mutex_);
  changed_.wait_for(lock, stop, delay, [&stop] { return stop.stop_requested(); });
  return !stop.stop_requested();
}

}  // namespace stepd::traces
