#include "daemon/wiring.h"

#include "api/api.h"
#include "api/aws/fifo_memory.h"
#include "api/server.h"
#include "base/payload.h"
#include "daemon/aws_inventory.h"
#include "daemon/console_inventory.h"
#include "daemon/image_formats.h"
#include "daemon/metric_samples.h"
#include "engine/run/arn.h"
#include "services/dispatcher.h"
#include "services/label_function.h"
#include "storage/item_table.h"
#include "storage/local/local_objects.h"
#include "storage/logs/log_file_reader.h"
#include "storage/logs/log_files.h"
#include "storage/sqlite/sqlite_store.h"
#include "storage/stored_outbox.h"
#include "tasks/notify/function_calls.h"
#include "tasks/notify/spool_intake.h"
#include "triggers/inbox.h"

#include <spdlog/spdlog.h>
#include <algorithm>
#include <future>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace stepd::daemon {
namespace {

constexpr std::uint64_t kThumbnailBytes = 256ULL << 20;

std::unique_ptr<ObjectStore> open_objects(const Config& config) {
  std::map<std::string, std::filesystem::path> folders;
  for (const auto& bucket : config.buckets) {
    std::filesystem::create_directories(bucket.path);
    folders[bucket.name] = bucket.path;
  }
  return storage::open_local_objects(folders, {config.s3.made_buckets, config.s3.upload_age});
}

std::vector<tasks::Topic> open_topics(const Config& config) {
  std::vector<tasks::Topic> topics;
  for (const auto& each : config.topics) {
    std::filesystem::create_directories(each.topic.file.parent_path());
    topics.push_back(each.topic);
  }
  return topics;
}

std::unique_ptr<tasks::workers::ImageWorkers> make_image_workers(const Config& config) {
  if (!config.image_workers.in_process) {
    return std::make_unique<tasks::workers::ImageWorkers>(config.image_workers.options);
  }
  spdlog::warn("image_workers.in_process is set: a hostile picture can harm the daemon itself");
  return nullptr;
}

tasks::image::Workplace& workplace(tasks::workers::ImageWorkers* workers) {
  return workers == nullptr ? tasks::image::this_process() : *workers;
}

std::unique_ptr<tasks::labels::LabelModel> open_label_model(const Config& config) {
  if (!config.labels.network) return nullptr;
  try {
    return tasks::labels::load_label_model(*config.labels.network);
  } catch (const std::runtime_error& error) {
    throw StartError(error.what());
  }
}

run::EngineOptions engine_options(const Config& config) {
  run::EngineOptions options;
  options.region = config.origin.region;
  options.account = config.origin.account;
  options.shards = config.workers.shards;
  options.express_limit = config.limits.express_time;
  options.express_max = config.limits.express_executions;
  options.express_bytes_max = config.limits.express_bytes;
  options.rates = config.limits.rates;
  options.depth_max = config.limits.execution_depth;
  options.echoes_max = config.limits.event_depth;
  options.paused = config.paused;
  return options;
}

services::ServiceOptions service_options(const Config& config) {
  services::ServiceOptions options;
  options.region = config.origin.region;
  options.account = config.origin.account;
  options.lanes.quick = {config.workers.tasks, config.limits.waiting_tasks};
  options.lanes.images = {config.image_workers.options.count, config.limits.waiting_tasks};
  options.functions = config.functions;
  options.lambda_endpoint = config.lambda_endpoint;
  options.inventory = inventory_of(config);
  for (const auto& each : config.topics) {
    if (each.function) options.topics[each.topic.name] = *each.function;
  }
  return options;
}

functions::RuntimeOptions runtime_options(const Config& config) {
  functions::RuntimeOptions options;
  options.region = config.origin.region;
  options.account = config.origin.account;
  options.functions = config.own_code;
  options.workers = config.function_workers;
  options.folder = config.data / "functions";
  return options;
}

/// An address, as clients put a bucket's name before the name of a host.
std::string endpoint_of(const Listen& listen, std::uint16_t port) {
  const bool any = listen.address == "0.0.0.0" || listen.address == "localhost";
  const bool six = listen.address.find(':') != std::string::npos;
  const std::string address = any   ? "127.0.0.1"
                              : six ? "[" + (listen.address == "::" ? "::1" : listen.address) + "]"
                                    : listen.address;
  return "http://" + address + ":" + std::to_string(port);
}

void refuse_faulty_functions(const services::ServiceOptions& options, const tasks::Catalog& handlers) {
  std::string list;
  for (const auto& fault : services::check_functions(options, handlers)) {
    list += "\n  functions" + fault.pointer + ": " + fault.message;
  }
  if (!list.empty()) throw StartError("the functions of the configuration cannot be used:" + list);
}

template <class T, class Ask>
run::Answer<T> answer_of(Ask ask) {
  std::promise<run::Answer<T>> promise;
  auto answer = promise.get_future();
  ask([&promise](run::Answer<T> given) { promise.set_value(std::move(given)); });
  return answer.get();
}

/// Blocks until the function has answered, or until the engine takes no more calls.
Result<void> call_function(run::Gateway& gateway, const std::string& name, const Json& event) {
  const auto called = answer_of<run::InvokedFunction>([&](auto reply) {
    gateway.invoke_function({name, print_json(event)}, std::move(reply));
  });
  if (!called) return AslError{"ServiceUnavailable", called.error().message};
  if (!called->answer) return called->answer.error();
  return {};
}

void install(const StateMachine& machine, run::Gateway& gateway, const std::string& arn,
             const storage::Reader& reader) {
  const auto refuse = [&](const std::string& why) {
    throw StartError("state machine " + machine.name + " (" + machine.file.string() + "): " + why);
  };
  run::CreateStateMachine request{machine.name, machine.definition, machine.role_arn, machine.type};
  if (machine.configuration) request.configuration = *machine.configuration;
  const auto created =
      answer_of<run::CreatedStateMachine>([&](auto reply) { gateway.create_state_machine(request, std::move(reply)); });
  if (created) return;
  if (created.error().code != run::RefusalCode::StateMachineAlreadyExists) refuse(created.error().message);
  const auto present = reader.state_machine(arn);
  if (present && present->type != machine.type) {
    refuse("it is stored with another type, and a type cannot change; give it another name");
  }
  const auto updated = answer_of<run::UpdatedStateMachine>([&](auto reply) {
    gateway.update_state_machine({arn, machine.definition, machine.role_arn, machine.configuration}, std::move(reply));
  });
  if (!updated) refuse(updated.error().message);
  spdlog::info("state machine {} has a new revision, {}", machine.name, updated->revision_id);
}

std::vector<triggers::WatchedDirectory> watched(const Config& config) {
  std::vector<triggers::WatchedDirectory> directories;
  for (const auto& bucket : config.buckets) {
    const auto rescan = std::chrono::duration_cast<std::chrono::seconds>(bucket.rescan);
    if (!bucket.watch) continue;
    directories.push_back({bucket.name, bucket.path, bucket.settle, rescan, bucket.settle_empty,
                           triggers::IgnorePatterns(bucket.ignore)});
  }
  return directories;
}

}  // namespace

Services::Services(const Config& config, std::unique_ptr<storage::Store> given, core::Observer* observer,
                   const std::filesystem::path& turns_file, api::Metrics* metrics)
    : store(std::move(given)),
      turns(turns_file.empty() ? nullptr : std::make_unique<storage::TurnMarker>(turns_file)),
      objects(open_objects(config)),
      items(storage::make_item_store(*store, config.tables, clock)),
      sweeper(*items),
      image_workers(make_image_workers(config)),
      label_model(open_label_model(config)),
      executions(config.origin.region, config.origin.account),
      outbox(storage::make_outbox(*store)),
      publisher(open_topics(config), *outbox, clock, [this] { courier.wake(); }),
      execution_rules(make_execution_rules(config)),
      courier(*outbox, clock, make_destinations(config)),
      log_groups(storage::open_log_files(config.logs.folder, config.logs.files)),
      log_reader(storage::open_log_reader(config.logs.folder)),
      functions(runtime_options(config), *log_groups, clock),
      execution_log(*log_groups),
      unlogged_failures([](const std::string& line) { spdlog::warn("{}", line); }),
      live_feed(clock),
      tracing(config.traces ? std::make_unique<Tracing>(*config.traces) : nullptr),
      handlers(tasks::make_catalog({.objects = *objects,
                                    .items = *items,
                                    .clock = clock,
                                    .image_limits = config.limits.image,
                                    .publisher = &publisher,
                                    .workplace = workplace(image_workers.get()),
                                    .image_presets = config.image_presets,
                                    .label_model = label_model.get(),
                                    .executions = &executions})) {
  auto options = engine_options(config);
  options.observer = observer;
  options.marker = turns.get();
  options.listeners = {&execution_log, &unlogged_failures, &live_feed};
  if (metrics != nullptr) options.listeners.push_back(metrics);
  if (tracing != nullptr) {
    options.trace_ids = tracing->ids;
    options.listeners.push_back(&tracing->book);
  }
  const auto serving = service_options(config);
  refuse_faulty_functions(serving, handlers);
  if (const auto& function = config.labels.function; !function.empty()) {
    handlers["image.labels"] = services::make_label_function(serving, function, handlers, clock, &functions);
  }
  if (execution_rules != nullptr) {
    status_changes.emplace(
        config.origin.region, config.origin.account,
        [this](const Json& event, const Lineage& cause) {
          return execution_rules->messages_of(event, cause, clock.now());
        },
        [this] { courier.wake(); });
    options.listeners.push_back(&*status_changes);
  }
  engine = run::make_engine(std::move(options), *store, clock,
                            services::make_services_factory(serving, handlers, clock, &functions));
  executions.open(*engine);
  if (execution_rules != nullptr) execution_rules->open(*engine);
}

/// Rules start executions: they end before the engine does.
Services::~Services() {
  sweeper.stop();
  courier.stop();
  if (execution_rules != nullptr) execution_rules->close();
}

std::unique_ptr<triggers::ExecutionRules> Services::make_execution_rules(const Config& config) {
  std::vector<triggers::EventRule> hearing;
  std::copy_if(config.rules.begin(), config.rules.end(), std::back_inserter(hearing),
               [](const auto& rule) { return rule.hears_executions; });
  if (hearing.empty()) return nullptr;
  return std::make_unique<triggers::ExecutionRules>(
      std::move(hearing), [this, of_topics = service_options(config).topics](const triggers::RuleMessage& message) {
        const Json event{{"topic", message.topic}, {"subject", message.subject}, {"message", message.message.json()}};
        const auto function = of_topics.find(message.topic);
        if (function != of_topics.end()) return call_function(*engine, function->second, event);
        const auto published = handlers.at("notify.publish")->invoke({event, message.id, {}});
        return published ? Result<void>() : published.error();
      });
}

std::vector<tasks::Destination> Services::make_destinations(const Config& config) {
  const tasks::FunctionCaller caller = [this](tasks::FunctionCall wanted, std::function<void(Verdict)> done) {
    call(std::move(wanted), std::move(done));
  };
  auto destinations = tasks::make_destinations(publisher.topics(), caller);
  // As Lambda does: three attempts, after one and two minutes.
  const tasks::Persistence persistence{
      .attempts = 3, .first_pause = std::chrono::minutes{1}, .longest_pause = std::chrono::minutes{2}};
  for (const auto& function : config.functions) {
    destinations.push_back({tasks::destination_of_function(function.name), tasks::make_call_post(caller), persistence});
  }
  destinations.push_back({tasks::kOtherFunctions, tasks::make_call_post(caller), persistence});
  if (execution_rules == nullptr) return destinations;
  for (auto& [name, post] : execution_rules->posts()) destinations.push_back({name, std::move(post)});
  return destinations;
}

void Services::call(tasks::FunctionCall wanted, std::function<void(Verdict)> done) {
  run::InvokeFunction request{std::move(wanted.function), std::move(wanted.payload)};
  request.qualifier = std::move(wanted.qualifier);
  request.client_context = std::move(wanted.client_context);
  request.request_id = std::move(wanted.request_id);
  request.lineage = wanted.lineage;
  engine->invoke_function(std::move(request), [done =
                                                   std::move(done)](const run::Answer<run::InvokedFunction>& called) {
    if (!called) {
      return done({called.error().for_good ? Verdict::Kind::Refused : Verdict::Kind::Again, called.error().message});
    }
    if (called->answer) return done({});
    const auto& name = called->answer.error().name;
    const bool unknown = name == "Lambda.ResourceNotFoundException";
    done({unknown ? Verdict::Kind::Refused : Verdict::Kind::Again, "the function failed with " + name});
  });
}

void install_state_machines(const Config& config, run::Gateway& gateway, const storage::Reader& reader) {
  for (const auto& machine : config.state_machines) {
    const auto arn = run::state_machine_arn(config.origin.region, config.origin.account, machine.name);
    install(machine, gateway, arn, reader);
  }
}

class Daemon::Parts {
 public:
  Parts(const Config& config, std::function<void()> on_fatal)
      : config_(config),
        services_(config, open_store(config, on_fatal), nullptr, config.data / "turns", &metrics_),
        probe_(*services_.store, services_.clock),
        thumbnails_(*services_.objects, workplace(services_.image_workers.get()), config.limits.image,
                    config.data / "thumbnails", kThumbnailBytes),
        console_{console_inventory(config), thumbnails_, services_.live_feed},
        aws_(aws_doors(config, services_, fifo_)),
        server_(make_server()) {
    if (services_.image_workers != nullptr) services_.image_workers->prepare();
    report_image_formats(workplace(services_.image_workers.get()));
    services_.engine->on_fatal(std::move(on_fatal));
    for (const auto& topic : services_.publisher.topics()) {
      tasks::take_in_spool(topic, *services_.outbox, services_.clock);
    }
    services_.functions.serve_at(endpoint_of(config.listen, server_->port()));
    services_.engine->resume();
    install_state_machines(config, *services_.engine, services_.store->reader());
    if (config.paused) return;
    services_.courier.start();
    services_.sweeper.start();
  }

  void start() {
    if (config_.paused) return server_->start();
    inbox_ =
        triggers::start_inbox(watched(config_), triggers::Rules(config_.origin, config_.rules, config_.notifications),
                              *services_.engine, *services_.store, *services_.objects, services_.clock);
    server_->start();
  }

  void drain() {
    const auto deadline = std::chrono::steady_clock::now() + config_.workers.drain;
    const auto left = [&] {
      const auto rest = deadline - std::chrono::steady_clock::now();
      return std::max(std::chrono::milliseconds{0}, std::chrono::duration_cast<std::chrono::milliseconds>(rest));
    };
    services_.engine->end_polls();
    server_->drain(left());
    if (inbox_ != nullptr) inbox_->stop(left());
    services_.engine->drain(left());
    services_.courier.stop();
    services_.sweeper.stop();
    if (services_.execution_rules != nullptr) services_.execution_rules->close();
    services_.store->flush();
  }

  std::uint16_t port() const { return server_->port(); }

 private:
  static api::AwsDoors aws_doors(const Config& config, Services& services, api::FifoMemory& fifo) {
    auto doors = aws_inventory(config, services.clock.now());
    doors.fifo = &fifo;
    doors.log_writer = services.log_groups.get();
    doors.logs = services.log_reader.get();
    doors.lineage_of_session = [&services](std::string_view token) { return services.functions.lineage_of(token); };
    std::set<std::string> names;
    for (const auto& function : config.functions) names.insert(function.name);
    doors.call_later = [&services, names = std::move(names)](api::AsyncCall call) -> Result<void> {
      const auto destination =
          names.contains(call.function) ? tasks::destination_of_function(call.function) : tasks::kOtherFunctions;
      const tasks::FunctionCall kept{std::move(call.function),       std::move(call.payload),
                                     std::move(call.request_id),     std::move(call.qualifier),
                                     std::move(call.client_context), call.lineage};
      STEPD_CHECK(services.outbox->put({tasks::record_of(kept, destination, services.clock.now())}));
      services.courier.wake();
      return {};
    };
    return doors;
  }

  std::unique_ptr<storage::Store> open_store(const Config& config, const std::function<void()>& on_fatal) {
    return storage::open_sqlite(
        config.data, {.on_commit = [this](std::size_t writes) { metrics_.stored(writes); }, .on_fatal = on_fatal});
  }

  std::unique_ptr<api::Server> make_server() {
    api::ServerOptions options;
    options.address = config_.listen.address;
    options.port = config_.listen.port;
    options.allow_remote = config_.listen.allow_remote;
    options.threads = config_.workers.sockets;
    options.workers = config_.workers.disk;
    options.allowed_hosts = config_.listen.allowed_hosts;
    options.connections_max = config_.limits.connections;
    options.connections_per_peer_max = config_.limits.connections_per_client;
    options.object_bytes_max = config_.limits.object_bytes;
    metrics_.add_source([this] { return data_samples(config_.data); });
    if (const auto* workers = services_.image_workers.get(); workers != nullptr)
      metrics_.add_source([workers] { return image_worker_samples(workers->tally()); });
    if (const auto* tracing = services_.tracing.get(); tracing != nullptr)
      metrics_.add_source([tracing] { return tracing->samples(); });
    return api::make_server(options,
                            {*services_.engine, services_.store->reader(), *services_.objects, *services_.items,
                             services_.clock, config_.paused, &probe_, &console_, &metrics_, &aws_},
                            config_.routes);
  }

  const Config& config_;
  api::Metrics metrics_;
  Services services_;
  storage::StoreProbe probe_;
  tasks::ThumbnailMaker thumbnails_;
  const api::ConsoleSources console_;
  api::FifoMemory fifo_;
  const api::AwsDoors aws_;
  std::unique_ptr<api::Server> server_;
  std::unique_ptr<triggers::Inbox> inbox_;
};

Daemon::Daemon(const Config& config, std::function<void()> on_fatal)
    : parts_(std::make_unique<Parts>(config, std::move(on_fatal))) {}

Daemon::~Daemon() = default;

void Daemon::start() { parts_->start(); }
void Daemon::drain() { parts_->drain(); }
std::uint16_t Daemon::port() const { return parts_->port(); }

}  // namespace stepd::daemon
