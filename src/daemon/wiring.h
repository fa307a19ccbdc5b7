// The composition root: the one place that names concrete classes and says what is built on what.
// It decides nothing else.
#pragma once

#include "api/console/console.h"
#include "api/metrics/metrics.h"
#include "base/clock.h"
#include "base/items.h"
#include "base/log_reader.h"
#include "base/objects.h"
#include "base/outbox.h"
#include "daemon/config/config.h"
#include "daemon/execution_door.h"
#include "daemon/tracing.h"
#include "engine/run/engine.h"
#include "engine/run/execution_log.h"
#include "engine/run/status_change.h"
#include "engine/run/unlogged_failures.h"
#include "functions/runtime.h"
#include "storage/items/item_sweeper.h"
#include "storage/store.h"
#include "storage/turn_marker.h"
#include "tasks/catalog.h"
#include "tasks/image/thumbnail_maker.h"
#include "tasks/notify/courier.h"
#include "tasks/notify/publisher.h"
#include "tasks/workers/image_workers.h"
#include "triggers/execution_rules.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace stepd::daemon {

/// The daemon cannot start; what() is for people.
class StartError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What runs executions, over any store: built from top to bottom, torn down from bottom to top.
struct Services {
  /// Makes the buckets' folders if they are absent. `observer`, which may be null, sees what executions do. Turns are
  /// noted in `turns_file` unless it is empty. `metrics`, which may be null, hears of turns and outlives this.
  /// Throws StartError, std::system_error.
  Services(const Config& config, std::unique_ptr<storage::Store> store, core::Observer* observer = nullptr,
           const std::filesystem::path& turns_file = {}, api::Metrics* metrics = nullptr);
  ~Services();

  SystemClock clock;
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<storage::TurnMarker> turns;  ///< none where executions end with the process
  std::unique_ptr<ObjectStore> objects;
  std::unique_ptr<ItemStore> items;
  storage::ItemSweeper sweeper;
  std::unique_ptr<tasks::workers::ImageWorkers> image_workers;  ///< none where pictures are decoded in this process
  std::unique_ptr<tasks::labels::LabelModel> label_model;       ///< none if the configuration names no network
  ExecutionDoor executions;
  std::unique_ptr<Outbox> outbox;
  tasks::Publisher publisher;
  std::unique_ptr<triggers::ExecutionRules> execution_rules;  ///< none if no rule hears of executions
  std::optional<run::StatusChanges> status_changes;           ///< with them
  tasks::Courier courier;                                     ///< delivers from start() on
  std::unique_ptr<LogGroups> log_groups;
  std::unique_ptr<LogReader> log_reader;
  functions::Runtime functions;  ///< of one's own code; they find this daemon once Runtime::serve_at() is called
  run::ExecutionLog execution_log;
  run::UnloggedFailures unlogged_failures;
  api::LiveFeed live_feed;
  std::unique_ptr<Tracing> tracing;  ///< none if the configuration names no collector
  tasks::Catalog handlers;
  std::unique_ptr<run::Engine> engine;

 private:
  /// None if no rule hears of executions.
  std::unique_ptr<triggers::ExecutionRules> make_execution_rules(const Config& config);
  std::vector<tasks::Destination> make_destinations(const Config& config);
  /// Calls the function by the engine, which is there once the courier delivers.
  void call(tasks::FunctionCall call, std::function<void(Verdict)> done);
};

/// Creates the configuration's state machines, or updates those whose definition has changed since. The engine must
/// have resumed. Throws StartError.
void install_state_machines(const Config& config, run::Gateway& gateway, const storage::Reader& reader);

/// Everything that `stepd serve` serves.
class Daemon {
 public:
  /// Takes the data directory and the port, and carries on with every open execution; accepts no request yet.
  /// `config` outlives it. Throws StartError, storage::StoreError, api::ListenError, std::system_error.
  Daemon(const Config& config, std::function<void()> on_fatal);
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  /// Opens the doors: requests and watched buckets.
  void start();
  /// Closes the doors, lets what runs finish for at most the configured time, and returns with everything committed.
  void drain();

  std::uint16_t port() const;

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace stepd::daemon
