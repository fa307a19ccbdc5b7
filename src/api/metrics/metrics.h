// Metrics: what the daemon counts while it works, for GET /metrics in the text format of Prometheus (docs/metrics.md
// lists every name). Names of executions and tasks are those of AWS's CloudWatch metrics in snake case.
//
// 1. Counting takes a lock and a lookup, no allocation once a label is known, and never fails a request or a turn.
// 2. Labels come from users (names of state machines, functions, activities), so their number is bounded: beyond
//    kLabelsMax of a kind, `other` stands for the rest.
#pragma once

#include "engine/run/turn_listener.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stepd::api {

enum class SampleKind { Gauge, Counter };

/// One number that is read when somebody asks, instead of being counted.
struct Sample {
  std::string name;  ///< without the prefix `stepd_`, unless it begins with `process_`
  std::string help;  ///< one sentence
  SampleKind kind = SampleKind::Gauge;
  double value = 0;
  std::vector<std::pair<std::string, std::string>> labels = {};
};
/// Thread: a worker; may block. What it throws costs its own samples.
using SampleSource = std::function<std::vector<Sample>()>;

/// Thread: any.
class Metrics final : public run::TurnListener {
 public:
  static constexpr std::size_t kLabelsMax = 500;
  /// Tasks under way whose times are measured; beyond them tasks are only counted.
  static constexpr std::size_t kTimedTasksMax = 20'000;

  Metrics();
  ~Metrics() override;

  void committed(const run::HeardTurn& turn) override;
  /// A commit of the store that so many writes shared.
  void stored(std::size_t writes);
  /// An answer to a request. `route` is the pattern, which the configuration bounds.
  void answered(std::string_view method, std::string_view route, int status, std::chrono::nanoseconds took);

  /// Called before there is a reader.
  void add_source(SampleSource source);
  /// Prometheus's text format, version 0.0.4.
  std::string text() const;

 private:
  class Counts;
  std::unique_ptr<Counts> counts_;
};

/// Memory, processor time, descriptors and age of this process, with the names that Prometheus's clients use.
std::vector<Sample> process_samples();

}  // namespace stepd::api
