// The Gateway of one process: checks what is asked for, finds the shard, answers when the store has answered.
#include "engine/run/engine.h"
#include "engine/asl/json_fault.h"

#include "base/limits.h"
#include "engine/core/token.h"
#include "engine/run/arn.h"
#include "engine/run/clock_watch.h"
#include "engine/run/end_waits.h"
#include "engine/run/first_turns.h"
#include "engine/run/hand_driven.h"
#include "engine/run/history_pages.h"
#include "engine/run/redrives.h"
#include "engine/run/refusals.h"
#include "engine/run/shard.h"
#include "engine/run/state_tests.h"
#include "engine/run/task_router.h"
#include "engine/run/uuid.h"
#include "engine/run/validation.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

namespace stepd::run {
namespace {

/// Who runs the loops: a thread for each, or whoever made the engine.
enum class Threads : unsigned char { One_each, None };

/// A shard and the loop it lives on.
struct Seat {
  Seat(const std::string& name, const Clock& clock, ShardDoors doors, int thread_nice = 0)
      : loop(name, clock), shard(loop, std::move(doors)), nice(thread_nice) {}

  /// Runs `job` on the loop and waits for its answer.
  template <class Job>
  auto ask(Job job, Threads threads) {
    if (threads == Threads::None) return loop.run_ready(), job();
    std::promise<decltype(job())> promise;
    auto answer = promise.get_future();
    loop.post([&] { promise.set_value(job()); });
    return answer.get();
  }

  Loop loop;
  Shard shard;
  const int nice;
};

/// Of the seat of long EXPRESS executions: it has what time others leave (ADR 0052).
constexpr int kAsideNice = 19;

/// Ids grow with time and are never given twice, whatever the clock does: milliseconds, then a counter.
class IdSource {
 public:
  explicit IdSource(storage::ExecutionId last) : last_(static_cast<std::int64_t>(last)) {}

  storage::ExecutionId next(Instant now) {
    const std::int64_t floor = now.time_since_epoch().count() << 20;
    auto last = last_.load();
    std::int64_t next = 0;
    do {
      next = std::max(last + 1, floor);
    } while (!last_.compare_exchange_weak(last, next));
    return storage::ExecutionId{next};
  }

 private:
  std::atomic<std::int64_t> last_;
};

Refusal invalid_input(std::string_view text, const std::string& why) {
  return refuse(RefusalCode::InvalidExecutionInput, asl::execution_input_fault(text, why));
}

/// What is asked of an execution when somebody answers one of its tasks.
Answer<core::Command> command_of(const core::TaskToken& token, AnswerTask request) {
  namespace command = core::command;
  if (auto* failure = std::get_if<core::Failure>(&request.answer))
    return core::Command(command::TaskFailure{token.frame, token.number, std::move(*failure)});
  auto* success = std::get_if<AnswerTask::Success>(&request.answer);
  if (success == nullptr) return core::Command(command::TaskHeartbeat{token.frame, token.number});
  if (success->output.size() > limits::kPayloadBytes) {
    return invalid_output("The output is " + std::to_string(success->output.size()) + " bytes; at most " +
                          std::to_string(limits::kPayloadBytes) + " are allowed.");
  }
  auto output = Payload::parse(success->output);
  if (!output) {
    const auto fault = asl::find_json_fault(success->output);
    return invalid_output(fault ? fault->message : output.error().cause);
  }
  return core::Command(command::TaskSuccess{token.frame, token.number, *std::move(output)});
}

class LocalEngine final : public Engine, private Kin {
 public:
  LocalEngine(EngineOptions options, storage::Store& store, const Clock& clock, const ServicesFactory& make_services,
              Threads threads = Threads::One_each)
      : options_(std::move(options)),
        threads_(threads),
        store_(store),
        clock_(clock),
        throttles_(options_.rates, clock),
        machines_(options_.region, options_.account, store, clock),
        activities_(options_.region, options_.account, store, clock),
        ids_(store.last_id()),
        quarantine_(store, clock, *this),
        reads_loop_("reads", clock),
        desk_loop_("activities", clock),
        clock_watch_(desk_loop_, clock),
        desk_(desk_loop_, clock, [&store](const std::string& arn) { return store.reader().activity(arn).has_value(); }),
        end_waits_(desk_loop_, clock, store),
        tasks_(desk_, make_services([this](std::function<void(Gateway&)> request) {
                 desk_loop_.post([this, request = std::move(request)] { request(*this); });
               })),
        first_turns_(doors_of(0)) {
    const auto shards = shard_count();
    for (unsigned i = 0; i < shards; ++i)
      seats_.push_back(std::make_unique<Seat>("shard-" + std::to_string(i), clock, doors_of(i)));
    seats_.push_back(std::make_unique<Seat>("shard-aside", clock, doors_aside(), kAsideNice));
  }

  ~LocalEngine() override {
    if (threads_ != Threads::None) drain(std::chrono::milliseconds(0));
  }

  /// Of the reads, the activities and the shards.
  std::vector<Loop*> loops() {
    std::vector<Loop*> all{&reads_loop_, &desk_loop_};
    for (auto& seat : seats_) all.push_back(&seat->loop);
    return all;
  }

  void resume() override {
    std::size_t count = 0;
    std::map<storage::ExecutionId, std::uint32_t> deaths;
    if (options_.marker != nullptr) {
      for (const auto& suspect : options_.marker->suspects()) deaths[suspect.id] = suspect.deaths;
    }
    const auto adopt = [&](const storage::OpenExecution& open) {
      const auto died = deaths.find(open.record.id);
      seat_of(open.record.arn).shard.adopt(open, died == deaths.end() ? 0 : died->second);
      ++count;
    };
    store_.load_open(adopt, [this](storage::ExecutionId id, const std::string& arn, const std::string& why) {
      quarantine_.add(id, arn, "", "What is stored of it cannot be read: " + why);
    });
    if (const auto held = quarantine_.count(); held > 0) {
      spdlog::error("{} executions are quarantined", held);
      store_.flush();  // so that the first request that describes one of them is told so
    }
    if (count > 0) spdlog::info("{} open executions {}", count, options_.paused ? "are left as they are" : "carry on");
    const auto is_awaited = [this](const core::ParentLink& task) {
      return seat_of(task.execution_arn).shard.children().awaits(task);
    };
    if (!options_.paused) {
      for (auto& seat : seats_) seat->shard.children().abandon_orphans(is_awaited);
    }
    running_ = true;  // before the desk brings the first requests of tasks that are run again
    if (threads_ == Threads::None) return;
    clock_watch_.start();
    for (auto& seat : seats_) seat->loop.start(seat->nice);
    desk_loop_.start();
    reads_loop_.start();
  }

  void end_polls() override {
    desk_.close();
    end_waits_.close();
  }

  void drain(std::chrono::milliseconds grace) override {
    if (!running_) return;
    tasks_.drop_failures();  // before the first request of a task is refused because of the drain
    if (!running_.exchange(false)) return;
    end_polls();
    tasks_.drain(grace);
    for (auto& seat : seats_) settle(*seat);
    for (auto& seat : seats_) seat->ask([&] { return seat->shard.halt(), 0; }, threads_);
    store_.flush();
    for (auto& seat : seats_) seat->loop.stop();
    desk_loop_.stop();
    reads_loop_.stop();
  }

  void on_fatal(std::function<void()> callback) override {
    const MutexLock lock(fatal_mutex_);
    fatal_ = std::move(callback);
  }

  // ---- state machines ---------------------------------------------------------------------------------------------

  asl::Diagnostics validate_definition(std::string_view definition, storage::StateMachineType type) const override {
    return run::validate_definition(definition, parse_options(type),
                                    [this](const Json& json) { return tasks_.check(json); });
  }
  void create_state_machine(CreateStateMachine request, Reply<CreatedStateMachine> reply) override {
    machines_.create(std::move(request), std::move(reply));
  }
  void update_state_machine(UpdateStateMachine request, Reply<UpdatedStateMachine> reply) override {
    machines_.update(std::move(request), std::move(reply));
  }
  void delete_state_machine(std::string arn, Reply<std::monostate> reply) override {
    machines_.remove(std::move(arn), std::move(reply));
  }

  // ---- versions, aliases, tags ------------------------------------------------------------------------------------

  void publish_version(PublishVersion request, Reply<PublishedVersion> reply) override {
    machines_.versions().publish(std::move(request), std::move(reply));
  }
  void delete_version(VersionName name, Reply<std::monostate> reply) override {
    machines_.versions().remove(std::move(name), std::move(reply));
  }
  void create_alias(CreateAlias request, Reply<CreatedAlias> reply) override {
    machines_.versions().create_alias(std::move(request), std::move(reply));
  }
  void update_alias(UpdateAlias request, Reply<UpdatedAlias> reply) override {
    machines_.versions().update_alias(std::move(request), std::move(reply));
  }
  void delete_alias(AliasName name, Reply<std::monostate> reply) override {
    machines_.versions().remove_alias(std::move(name), std::move(reply));
  }
  void change_tags(TagChange change, Reply<std::monostate> reply) override {
    machines_.versions().change_tags(std::move(change), std::move(reply));
  }

  // ---- executions -------------------------------------------------------------------------------------------------

  bool starts_at_once(const std::string& state_machine_arn) const override {
    return machines_.holds(state_machine_arn);
  }

  void start_execution(StartExecution request, Reply<StartedExecution> reply) override {
    const bool at_end = request.answer_at_end;
    auto start = check(std::move(request));
    if (!start.has_value()) return reply(start.error());
    if (start->parent && start->parent->awaits_end && is_express(*start->machine)) return reply(type_not_supported());
    if (!rate_of_starts(*start->machine).take(start->machine->record.arn)) {
      ++throttles_.refused_starts;
      return reply(rate_exceeded());
    }
    if (!at_end || !is_express(*start->machine)) return seat_start(*std::move(start), std::move(reply));
    seat_run(*std::move(start), [reply = std::move(reply)](const Answer<EndedExecution>& answer) {
      if (!answer.has_value()) return reply(answer.error());
      reply(StartedExecution{answer->arn, answer->started_at});
    });
  }

  void start_sync_execution(StartExecution request, Reply<EndedExecution> reply) override {
    auto start = check(std::move(request));
    if (!start.has_value()) return reply(start.error());
    if (!is_express(*start->machine)) return reply(type_not_supported());
    auto begun = first_turns_.takes(*start) ? first_turns_.decide(*start) : nullptr;
    if (!begun) return seat_run(*std::move(start), std::move(reply));
    if (begun->execution.status() == core::Status::Running) return seat_go_on(std::move(begun), std::move(reply));
    first_turns_.tell(*begun);
    reply(end_of(*begun));
  }

  void stop_execution(StopExecution request, Reply<StoppedExecution> reply) override {
    if (!running_) return reply(ending());
    if (const auto id = quarantine_.find(request.execution_arn)) return quarantine_.stop(*id, request, reply);
    auto& seat = seat_of(request.execution_arn);
    seat.loop.post(
        [&seat, request = std::move(request), reply = std::move(reply)] { seat.shard.stop(request, reply); });
  }

  std::function<void()> await_end(AwaitEnd request, Reply<storage::ExecutionRecord> reply) override {
    if (!running_) return reply(ending()), [] {};
    return end_waits_.wait(std::move(request), std::move(reply));
  }

  // ---- activities and callbacks -----------------------------------------------------------------------------------

  void create_activity(CreateActivity request, Reply<CreatedActivity> reply) override {
    activities_.create(std::move(request), std::move(reply));
  }
  void delete_activity(std::string arn, Reply<std::monostate> reply) override {
    activities_.remove(std::move(arn), std::move(reply));
  }
  std::function<void()> poll_activity(PollActivity request, Reply<ActivityTask> reply) override {
    if (auto refusal = why_nothing_runs()) return reply(*std::move(refusal)), [] {};
    if (!store_.reader().activity(request.activity_arn)) return reply(no_such_activity(request.activity_arn)), [] {};
    return desk_.poll(std::move(request), std::move(reply));
  }

  void answer_task(AnswerTask request, Reply<std::monostate> reply) override {
    if (auto refusal = why_nothing_runs()) return reply(*std::move(refusal));
    const auto token = core::read_task_token(request.token);
    if (!token) return reply(invalid_token());
    auto answer = command_of(*token, std::move(request));
    if (!answer) return reply(answer.error());
    auto& seat = seat_of(token->execution_arn);
    seat.loop.post([&seat, token = *token, answer = *std::move(answer), reply = std::move(reply)] {
      seat.shard.task_tokens().answer(token, answer, reply);
    });
  }

  // ---- redrives, tests of states, functions ---------------------------------------------------------------------

  void redrive_execution(RedriveExecution request, Reply<RedrivenExecution> reply) override {
    if (auto refusal = why_nothing_runs()) return reply(*std::move(refusal));
    auto checked = check_redrive(request, store_.reader(), machines_, clock_.now());
    if (const auto* answer = std::get_if<Answer<RedrivenExecution>>(&checked)) return reply(*answer);
    auto& seat = seat_of(request.execution_arn);
    seat.loop.post([&seat, redrive = std::get<CheckedRedrive>(std::move(checked)), reply = std::move(reply)]() mutable {
      seat.shard.redrives().redrive(std::move(redrive), std::move(reply));
    });
  }

  std::optional<std::string> why_not_redrivable(const storage::ExecutionRecord& record) const override {
    return run::why_not_redrivable(record, store_.reader(), clock_.now());
  }

  void test_state(TestState request, Reply<TestedState> reply) override {
    if (auto refusal = why_nothing_runs()) return reply(*std::move(refusal));
    run::test_state({seats_.front()->loop, tasks_, clock_, options_.region, options_.account}, std::move(request),
                    std::move(reply));
  }

  void invoke_function(InvokeFunction request, Reply<InvokedFunction> reply) override {
    if (auto refusal = why_nothing_runs()) return reply(*std::move(refusal));
    if (auto refusal = why_too_long(request.lineage)) return reply(*std::move(refusal));
    tasks_.invoke(std::move(request), std::move(reply));
  }

  void call_service(CallService request, Reply<CalledService> reply) override {
    if (auto refusal = why_nothing_runs()) return reply(*std::move(refusal));
    tasks_.call(std::move(request), std::move(reply));
  }

  Readings readings() const override {
    return {tasks_.lanes(), quarantine_.count(), ended_loops_, throttles_.refused_starts,
            throttles_.delayed_transitions};
  }

  Answer<HistoryPage> history(const HistoryQuery& query) const override {
    const auto record = store_.reader().execution(query.execution_arn);
    if (!record) return no_such_execution(query.execution_arn);
    return read_history(store_.reader(), record->id, query);
  }

 private:
  unsigned shard_count() const { return std::max(options_.shards, 1u); }

  ShardDoors doors_of(std::size_t shard) {
    const auto shards = shard_count();
    return {.store = store_,
            .machines = machines_,
            .tasks = tasks_,
            .clock = clock_,
            .region = options_.region,
            .fatal = [this] { report_fatal(); },
            .max_open = limits::kOpenExecutions / shards,
            .observer = options_.observer,
            .express_limit = options_.express_limit,
            .listeners = listeners(),
            .kin = this,
            .quarantine = &quarantine_,
            .marker = options_.marker,
            .activities = &activities_,
            .number = shard,
            .slice = options_.slice,
            .express_max = std::max<std::size_t>(options_.express_max, 1),
            .express_bytes_max = options_.express_bytes_max,
            .express = express_,
            .set_aside = [this](std::unique_ptr<Live> live) { set_aside(std::move(live)); },
            .resting_max = options_.resting_max / shards,
            .throttles = &throttles_,
            .paused = options_.paused,
            .trace_ids = options_.trace_ids,
            .read_off_loop = [this](std::function<void()> job) { reads_loop_.post(std::move(job)); }};
  }

  /// Of the last seat, where no execution begins and none is stored.
  ShardDoors doors_aside() {
    auto doors = doors_of(shard_count());
    doors.marker = nullptr;
    doors.set_aside = nullptr;
    return doors;
  }

  std::vector<TurnListener*> listeners() {
    auto all = options_.listeners;
    all.push_back(&end_waits_);
    return all;
  }

  static bool is_express(const Machine& machine) { return machine.record.type == storage::StateMachineType::Express; }

  RateLimit& rate_of_starts(const Machine& machine) {
    return is_express(machine) ? throttles_.express_starts : throttles_.standard_starts;
  }

  /// None if whatever runs or is started may be asked for.
  std::optional<Refusal> why_nothing_runs() const {
    if (!running_) return ending();
    if (options_.paused) return paused();
    return std::nullopt;
  }

  /// A lineage begins with an execution that no event of another has started, so its last has one echo less.
  std::optional<Refusal> why_too_long(const Lineage& lineage) {
    if (lineage.depth > options_.depth_max) return too_deep(lineage.depth, options_.depth_max);
    if (lineage.echoes < options_.echoes_max) return std::nullopt;
    ++ended_loops_;
    return feeds_itself(options_.echoes_max);
  }

  /// Blocks on a read of the store where the state machine is not held.
  Answer<CheckedStart> check(StartExecution request) {
    if (auto refusal = why_nothing_runs()) return *std::move(refusal);
    if (auto refusal = why_too_long(request.lineage)) return *std::move(refusal);
    if (request.name && !is_name(*request.name))
      return refuse(RefusalCode::InvalidName, "Invalid Name: '" + *request.name + "'");
    if (request.input.size() > limits::kPayloadBytes) {
      return invalid_input("{}", "The input is " + std::to_string(request.input.size()) + " bytes; at most " +
                                     std::to_string(limits::kPayloadBytes) + " are allowed.");
    }
    auto input = Payload::parse(request.input);
    if (!input) return invalid_input(request.input, input.error().cause);
    std::optional<ChosenMachine> chosen;
    try {
      chosen = machines_.choose(request.state_machine_arn, options_.random ? options_.random() : random_bits());
    } catch (const storage::StoreError& error) {
      spdlog::error("{} cannot be read: {}", request.state_machine_arn, error.what());
      return unreadable();
    }
    if (!chosen) return refuse(RefusalCode::StateMachineDoesNotExist, no_such_state_machine(request.state_machine_arn));
    const auto& machine = *chosen->machine;
    auto name = request.name ? *std::move(request.name) : make_ordered_uuid(clock_.now());
    auto arn = is_express(machine) ? express_execution_arn(machine.record.arn, name, make_uuid())
                                   : execution_arn(machine.record.arn, name);
    return CheckedStart{ids_.next(clock_.now()),    std::move(arn),    std::move(name),
                        std::move(chosen->machine), *std::move(input), std::move(request.trace_header),
                        std::move(request.arrival), chosen->version,   std::move(chosen->alias),
                        std::move(request.parent),  request.lineage};
  }

  void seat_start(CheckedStart start, Reply<StartedExecution> reply) {
    auto& seat = seat_of(start.arn);
    seat.loop.post([&seat, start = std::move(start), reply = std::move(reply)]() mutable {
      seat.shard.starts().start(std::move(start), std::move(reply));
    });
  }

  void seat_run(CheckedStart start, Reply<EndedExecution> reply) {
    auto& seat = seat_of(start.arn);
    seat.loop.post([&seat, start = std::move(start), reply = std::move(reply)]() mutable {
      seat.shard.starts().run(std::move(start), std::move(reply));
    });
  }

  void seat_go_on(std::unique_ptr<Live> begun, Reply<EndedExecution> reply) {
    auto& seat = seat_of(begun->arn);
    seat.loop.post(
        [&seat, held = std::make_shared<std::unique_ptr<Live>>(std::move(begun)), reply = std::move(reply)]() mutable {
          seat.shard.starts().go_on(std::move(*held), std::move(reply));
        });
  }

  void set_aside(std::unique_ptr<Live> live) {
    auto& seat = *seats_.back();
    seat.loop.post([&seat, held = std::make_shared<std::unique_ptr<Live>>(std::move(live))] {
      seat.shard.take_over(std::move(*held));
    });
  }

  void watch(const std::string& child, const core::ParentLink& task) override {
    auto& seat = seat_of(child);
    seat.loop.post([&seat, child, task] { seat.shard.children().watch(child, task); });
  }
  void tell(const core::ParentLink& task, std::optional<storage::ExecutionRecord> child) override {
    auto& seat = seat_of(task.execution_arn);
    seat.loop.post([&seat, task, child = std::move(child)] { seat.shard.children().ended(task, child); });
  }
  void abandon(const std::string& child, const core::ParentLink& task) override {
    auto& seat = seat_of(child);
    seat.loop.post([&seat, child, task] { seat.shard.children().abandon(child, task); });
  }

  Seat& seat_of(const std::string& arn) const { return *seats_[std::hash<std::string>{}(arn) % shard_count()]; }

  /// Lets what has arrived be stored, for a moment; executions that never rest are left to the next process.
  void settle(Seat& seat) {
    constexpr int kRounds = 20;
    for (int round = 0; round < kRounds; ++round) {
      store_.flush();
      if (seat.ask([&] { return seat.shard.idle(); }, threads_)) return;
    }
  }

  void report_fatal() {
    std::function<void()> callback;
    {
      const MutexLock lock(fatal_mutex_);
      callback = std::exchange(fatal_, nullptr);
    }
    if (callback) callback();
  }

  const EngineOptions options_;
  const Threads threads_;
  storage::Store& store_;
  const Clock& clock_;
  Throttles throttles_;
  Machines machines_;
  Activities activities_;
  IdSource ids_;
  std::atomic<bool> running_{false};
  std::atomic<std::uint64_t> ended_loops_{0};
  Mutex fatal_mutex_;
  std::function<void()> fatal_ STEPD_GUARDED_BY(fatal_mutex_);
  Quarantine quarantine_;
  const std::shared_ptr<ExpressLoad> express_ = std::make_shared<ExpressLoad>();
  Loop reads_loop_;                           ///< reads of the store that shards need and must not wait for
  std::vector<std::unique_ptr<Seat>> seats_;  ///< the shards, and the one of long EXPRESS executions
  Loop desk_loop_;
  ClockWatch clock_watch_;
  ActivityDesk desk_;
  EndWaits end_waits_;
  TaskRouter tasks_;  // its services answer into the seats, so that these end after it
  FirstTurns first_turns_;
};

}  // namespace

std::unique_ptr<Engine> make_engine(EngineOptions options, storage::Store& store, const Clock& clock,
                                    const ServicesFactory& make_services) {
  return std::make_unique<LocalEngine>(std::move(options), store, clock, make_services);
}

HandDrivenEngine make_hand_driven_engine(EngineOptions options, storage::Store& store, const Clock& clock,
                                         const ServicesFactory& make_services) {
  auto engine = std::make_unique<LocalEngine>(std::move(options), store, clock, make_services, Threads::None);
  auto loops = engine->loops();
  return {std::move(engine), std::move(loops)};
}

}  // namespace stepd::run
