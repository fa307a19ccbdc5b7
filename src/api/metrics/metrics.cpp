// The counters, kept by prometheus-cpp, and the events of executions that move them.
#include "api/metrics/metrics.h"

#include "base/mutex.h"
#include "engine/asl/errors.h"
#include "engine/asl/resource.h"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/metric_family.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>

namespace stepd::api {
namespace {

using Buckets = prometheus::Histogram::BucketBoundaries;

const Buckets& request_buckets() {
  static const Buckets kBuckets{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60};
  return kBuckets;
}

/// Of executions and tasks: from a millisecond to a day.
const Buckets& work_buckets() {
  static const Buckets kBuckets{0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3'600, 21'600, 86'400};
  return kBuckets;
}

double seconds_of(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

/// The counter or histogram of each value of one label, made when the value is first met.
template <class Metric>
class ByLabel {
 public:
  template <class... Given>
  ByLabel(prometheus::Family<Metric>& family, std::string label, Given... given)
      : label_(std::move(label)), make_([&family, given...](const prometheus::Labels& labels) -> Metric& {
          return family.Add(labels, given...);
        }) {}

  Metric& of(std::string_view value) {
    if (const auto found = known_.find(value); found != known_.end()) return *found->second;
    const std::string name(known_.size() < Metrics::kLabelsMax ? value : "other");
    auto& metric = make_({{label_, name}});
    if (known_.size() < Metrics::kLabelsMax) known_.emplace(name, &metric);
    return metric;
  }

 private:
  std::string label_;
  std::function<Metric&(const prometheus::Labels&)> make_;
  std::map<std::string, Metric*, std::less<>> known_;
};

/// What AWS counts of one kind of task: activities, Lambda functions, service integrations.
class TaskCounts {
 public:
  /// `plural` and `singular` begin the names: `activities`, `activity`.
  TaskCounts(prometheus::Registry& registry, const std::string& plural, const std::string& singular,
             const std::string& label, const std::string& what)
      : scheduled(counter(registry, plural, "scheduled", label, what)),
        started(counter(registry, plural, "started", label, what)),
        succeeded(counter(registry, plural, "succeeded", label, what)),
        failed(counter(registry, plural, "failed", label, what)),
        timed_out(counter(registry, plural, "timed_out", label, what)),
        heartbeat_timed_out(counter(registry, plural, "heartbeat_timed_out", label, what)),
        schedule_time(histogram(registry, singular, "schedule_time", label, "From being scheduled to being started")),
        run_time(histogram(registry, singular, "run_time", label, "From being started to the end")),
        time(histogram(registry, singular, "time", label, "From being scheduled to the end")) {}

  ByLabel<prometheus::Counter> scheduled;
  ByLabel<prometheus::Counter> started;
  ByLabel<prometheus::Counter> succeeded;
  ByLabel<prometheus::Counter> failed;
  ByLabel<prometheus::Counter> timed_out;
  ByLabel<prometheus::Counter> heartbeat_timed_out;
  ByLabel<prometheus::Histogram> schedule_time;
  ByLabel<prometheus::Histogram> run_time;
  ByLabel<prometheus::Histogram> time;

 private:
  static ByLabel<prometheus::Counter> counter(prometheus::Registry& registry, const std::string& plural,
                                              const std::string& end, const std::string& label,
                                              const std::string& what) {
    auto shown = end;
    std::replace(shown.begin(), shown.end(), '_', ' ');
    return {prometheus::BuildCounter()
                .Name("stepd_" + plural + "_" + end + "_total")
                .Help("How many " + what + " have " + shown + ", by name.")
                .Register(registry),
            label};
  }
  static ByLabel<prometheus::Histogram> histogram(prometheus::Registry& registry, const std::string& singular,
                                                  const std::string& end, const std::string& label,
                                                  const std::string& help) {
    return {prometheus::BuildHistogram()
                .Name("stepd_" + singular + "_" + end + "_seconds")
                .Help(help + ".")
                .Register(registry),
            label, work_buckets()};
  }
};

/// `getItem` of dynamodb is "dynamodb:getItem".
std::string name_of(const core::TaskLabel& label) {
  using Kind = asl::Resource::Kind;
  switch (label.kind) {
    case Kind::Service:
      return label.type + ":" + label.resource.substr(0, label.resource.find('.'));
    case Kind::Activity:
      return label.resource.substr(label.resource.rfind(':') + 1);
    default:
      return asl::function_name(label.resource);
  }
}

template <class Event>
const Event* as(const core::Event& event) {
  return std::get_if<Event>(&event.body);
}

prometheus::MetricFamily family_of(const Sample& sample) {
  prometheus::MetricFamily family;
  family.name = (sample.name.starts_with("process_") ? "" : "stepd_") + sample.name;
  family.help = sample.help;
  family.type = sample.kind == SampleKind::Gauge ? prometheus::MetricType::Gauge : prometheus::MetricType::Counter;
  return family;
}

prometheus::ClientMetric metric_of(const Sample& sample) {
  prometheus::ClientMetric metric;
  for (const auto& [name, value] : sample.labels) metric.label.push_back({name, value});
  if (sample.kind == SampleKind::Gauge) {
    metric.gauge.value = sample.value;
  } else {
    metric.counter.value = sample.value;
  }
  return metric;
}

}  // namespace

class Metrics::Counts {
 public:
  void committed(const run::HeardTurn& turn) {
    const MutexLock lock(mutex_);
    for (const auto& event : turn.events) {
      note_execution(turn, event);
      note_task(turn.execution.identity().arn, event);
    }
  }

  void stored(std::size_t writes) {
    const MutexLock lock(mutex_);
    commits_.Increment();
    writes_.Increment(static_cast<double>(writes));
    batch_.Observe(static_cast<double>(writes));
  }

  void answered(std::string_view method, std::string_view route, int status, std::chrono::nanoseconds took) {
    const MutexLock lock(mutex_);
    const auto key = std::string(method) + " " + std::string(route);
    auto found = requests_.find(key);
    if (found == requests_.end()) found = requests_.emplace(key, Requests{}).first;
    auto& counter = found->second.by_status[status];
    const prometheus::Labels labels{{"method", std::string(method)}, {"route", std::string(route)}};
    if (counter == nullptr) {
      auto with_status = labels;
      with_status["status"] = std::to_string(status);
      counter = &request_counts_.Add(with_status);
    }
    if (found->second.time == nullptr) found->second.time = &request_times_.Add(labels, request_buckets());
    counter->Increment();
    found->second.time->Observe(seconds_of(took));
  }

  void add_source(SampleSource source) { sources_.push_back(std::move(source)); }

  std::string text() const {
    auto families = registry_.Collect();
    std::map<std::string, std::size_t> place;
    for (const auto& source : sources_) {
      for (const auto& sample : read(source)) {
        auto family = family_of(sample);
        const auto [found, fresh] = place.emplace(family.name, families.size());
        if (fresh) families.push_back(std::move(family));
        families[found->second].metric.push_back(metric_of(sample));
      }
    }
    return prometheus::TextSerializer().Serialize(families);
  }

 private:
  /// A task that has been scheduled and not ended.
  struct Timed {
    Instant scheduled;
    std::optional<Instant> started;
  };
  struct Requests {
    std::map<int, prometheus::Counter*> by_status;
    prometheus::Histogram* time = nullptr;
  };

  static std::vector<Sample> read(const SampleSource& source) {
    try {
      return source();
    } catch (const std::exception& error) {
      spdlog::warn("metrics: {}", error.what());
      return {};
    }
  }

  void note_execution(const run::HeardTurn& turn, const core::Event& event) STEPD_REQUIRES(mutex_) {
    const std::string_view machine = turn.machine.record.name;
    if (as<core::event::ExecutionStarted>(event)) started_.of(machine).Increment();
    if (as<core::event::ExecutionSucceeded>(event)) end_execution(turn, event, succeeded_);
    if (as<core::event::ExecutionFailed>(event)) end_execution(turn, event, failed_);
    if (as<core::event::ExecutionTimedOut>(event)) end_execution(turn, event, timed_out_);
    if (as<core::event::ExecutionAborted>(event)) end_execution(turn, event, aborted_);
    if (as<core::event::ExecutionRedriven>(event)) redriven_.of(machine).Increment();
    if (as<core::event::StateEntered>(event)) states_.of(machine).Increment();
    if (as<core::event::RetryPlanned>(event)) retries_.of(machine).Increment();
  }

  void end_execution(const run::HeardTurn& turn, const core::Event& event, ByLabel<prometheus::Counter>& counter)
      STEPD_REQUIRES(mutex_) {
    const std::string_view machine = turn.machine.record.name;
    counter.of(machine).Increment();
    execution_time_.of(machine).Observe(seconds_of(event.at - turn.execution.started_at()));
    forget(turn.execution.identity().arn);
  }

  TaskCounts& counts_of(const core::TaskLabel& label) STEPD_REQUIRES(mutex_) {
    using Kind = asl::Resource::Kind;
    if (label.kind == Kind::Activity) return activities_;
    return label.kind == Kind::Service ? integrations_ : functions_;
  }

  void note_task(const std::string& arn, const core::Event& event) STEPD_REQUIRES(mutex_) {
    if (const auto* scheduled = as<core::event::TaskScheduled>(event)) {
      counts_of(scheduled->label).scheduled.of(name_of(scheduled->label)).Increment();
      if (timed_.size() < kTimedTasksMax) timed_.insert_or_assign({arn, event.frame}, Timed{event.at, {}});
    } else if (const auto* started = as<core::event::TaskStarted>(event)) {
      counts_of(started->label).started.of(name_of(started->label)).Increment();
      if (const auto found = timed_.find({arn, event.frame}); found != timed_.end()) {
        found->second.started = event.at;
        counts_of(started->label)
            .schedule_time.of(name_of(started->label))
            .Observe(seconds_of(event.at - found->second.scheduled));
      }
    } else if (const auto* succeeded = as<core::event::TaskSucceeded>(event)) {
      end_task(arn, event, succeeded->label, counts_of(succeeded->label).succeeded);
    } else if (const auto* failed = as<core::event::TaskFailed>(event)) {
      end_task(arn, event, failed->label, counts_of(failed->label).failed);
    } else if (const auto* refused = as<core::event::TaskScheduleFailed>(event)) {
      end_task(arn, event, refused->label, counts_of(refused->label).failed);
    } else if (const auto* late = as<core::event::TaskTimedOut>(event)) {
      auto& counts = counts_of(late->label);
      const bool beat = late->failure.error == asl::errors::kHeartbeatTimeout;
      end_task(arn, event, late->label, beat ? counts.heartbeat_timed_out : counts.timed_out);
    }
  }

  void end_task(const std::string& arn, const core::Event& event, const core::TaskLabel& label,
                ByLabel<prometheus::Counter>& counter) STEPD_REQUIRES(mutex_) {
    const auto name = name_of(label);
    counter.of(name).Increment();
    const auto found = timed_.find({arn, event.frame});
    if (found == timed_.end()) return;
    auto& counts = counts_of(label);
    if (found->second.started) counts.run_time.of(name).Observe(seconds_of(event.at - *found->second.started));
    counts.time.of(name).Observe(seconds_of(event.at - found->second.scheduled));
    timed_.erase(found);
  }

  /// The tasks of an execution that has ended, which may have been abandoned.
  void forget(const std::string& arn) STEPD_REQUIRES(mutex_) {
    auto next = timed_.lower_bound({arn, core::FrameId{0}});
    while (next != timed_.end() && next->first.first == arn) next = timed_.erase(next);
  }

  prometheus::Family<prometheus::Counter>& counter_family(const std::string& name, const std::string& help) {
    return prometheus::BuildCounter().Name("stepd_" + name).Help(help).Register(registry_);
  }
  ByLabel<prometheus::Counter> by_machine(const std::string& name, const std::string& help) {
    return {counter_family(name, help), "state_machine"};
  }

  prometheus::Registry registry_;
  std::vector<SampleSource> sources_;
  Mutex mutex_;
  ByLabel<prometheus::Counter> started_ STEPD_GUARDED_BY(mutex_) = by_machine("executions_started_total",
                                                                              "Executions that have started.");
  ByLabel<prometheus::Counter> succeeded_ STEPD_GUARDED_BY(mutex_) = by_machine("executions_succeeded_total",
                                                                                "Executions that have succeeded.");
  ByLabel<prometheus::Counter> failed_ STEPD_GUARDED_BY(mutex_) = by_machine("executions_failed_total",
                                                                             "Executions that have failed.");
  ByLabel<prometheus::Counter> aborted_ STEPD_GUARDED_BY(mutex_) = by_machine("executions_aborted_total",
                                                                              "Executions that were stopped.");
  ByLabel<prometheus::Counter> timed_out_ STEPD_GUARDED_BY(mutex_) = by_machine("executions_timed_out_total",
                                                                                "Executions that have timed out.");
  ByLabel<prometheus::Counter> redriven_ STEPD_GUARDED_BY(mutex_) = by_machine("executions_redriven_total",
                                                                               "Redrives of executions.");
  ByLabel<prometheus::Counter> states_ STEPD_GUARDED_BY(mutex_) = by_machine("states_entered_total",
                                                                             "States that executions have entered.");
  ByLabel<prometheus::Counter> retries_ STEPD_GUARDED_BY(mutex_) =
      by_machine("retries_total", "States that are tried again after an error.");
  ByLabel<prometheus::Histogram> execution_time_ STEPD_GUARDED_BY(mutex_) = {
      prometheus::BuildHistogram()
          .Name("stepd_execution_time_seconds")
          .Help("From the start of an execution to its end.")
          .Register(registry_),
      "state_machine", work_buckets()};
  TaskCounts activities_ STEPD_GUARDED_BY(mutex_){registry_, "activities", "activity", "activity", "activity tasks"};
  TaskCounts functions_ STEPD_GUARDED_BY(mutex_){registry_, "lambda_functions", "lambda_function", "function",
                                                 "Lambda functions' tasks"};
  TaskCounts integrations_ STEPD_GUARDED_BY(mutex_){registry_, "service_integrations", "service_integration", "service",
                                                    "service integrations"};
  std::map<std::pair<std::string, core::FrameId>, Timed> timed_ STEPD_GUARDED_BY(mutex_);

  prometheus::Counter& commits_ = counter_family("store_commits_total", "Commits of the store.").Add({});
  prometheus::Counter& writes_ = counter_family("store_writes_total", "Writes that these commits stored.").Add({});
  prometheus::Histogram& batch_ = prometheus::BuildHistogram()
                                      .Name("stepd_store_commit_writes")
                                      .Help("Writes that share one commit.")
                                      .Register(registry_)
                                      .Add({}, Buckets{1, 2, 4, 8, 16, 32, 64, 128, 256});
  prometheus::Family<prometheus::Counter>& request_counts_ =
      counter_family("http_requests_total", "Requests that were answered, by route and status.");
  prometheus::Family<prometheus::Histogram>& request_times_ =
      prometheus::BuildHistogram()
          .Name("stepd_http_request_duration_seconds")
          .Help("From a request's head to the last byte of its answer.")
          .Register(registry_);
  std::unordered_map<std::string, Requests> requests_ STEPD_GUARDED_BY(mutex_);
};

Metrics::Metrics() : counts_(std::make_unique<Counts>()) {}
Metrics::~Metrics() = default;

void Metrics::committed(const run::HeardTurn& turn) { counts_->committed(turn); }
void Metrics::stored(std::size_t writes) { counts_->stored(writes); }
void Metrics::answered(std::string_view method, std::string_view route, int status, std::chrono::nanoseconds took) {
  counts_->answered(method, route, status, took);
}
void Metrics::add_source(SampleSource source) { counts_->add_source(std::move(source)); }
std::string Metrics::text() const { return counts_->text(); }

}  // namespace stepd::api
