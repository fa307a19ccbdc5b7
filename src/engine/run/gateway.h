// What the outside may ask of the engine. The API and the triggers see executions through this door only.
#pragma once

#include "base/clock.h"
#include "base/json.h"
#include "base/lane_depth.h"
#include "base/lineage.h"
#include "base/payload.h"
#include "base/result.h"
#include "engine/asl/diagnostic.h"
#include "engine/core/inspect/state_test.h"
#include "storage/store.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace stepd::run {

/// Why the engine refused, in AWS's own terms: each value is the AWS exception of the same name.
enum class RefusalCode {
  ActivityAlreadyExists,
  ActivityDoesNotExist,
  ActivityWorkerLimitExceeded,
  ConflictException,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  ExecutionLimitExceeded,
  ExecutionNotRedrivable,
  InvalidArn,
  InvalidDefinition,
  InvalidExecutionInput,
  InvalidName,
  InvalidOutput,
  InvalidToken,
  ResourceNotFound,
  ServiceQuotaExceededException,
  StateMachineAlreadyExists,
  StateMachineDeleting,
  StateMachineDoesNotExist,
  StateMachineTypeNotSupported,
  TaskDoesNotExist,
  TaskTimedOut,
  ThrottlingException,
  TooManyTags,
  ValidationException,
  ServiceUnavailable,  ///< not AWS's: the store takes no writes at present, or nothing runs here; HTTP 503
};

/// The exception's name.
std::string_view name_of(RefusalCode code);

struct Refusal {
  RefusalCode code;
  std::string message;
  std::string resource = {};  ///< the ARN that ResourceNotFound and TooManyTags are about
  bool for_good = false;      ///< the same request can never be granted, whatever its code
};

template <class T>
using Answer = boost::system::result<T, Refusal>;
[[noreturn]] inline void throw_exception_from_error(const Refusal& refusal, const boost::source_location&) {
  throw std::logic_error(refusal.message);
}

/// Called once, on an engine thread; must not block.
template <class T>
using Reply = std::function<void(Answer<T>)>;

struct CreateStateMachine {
  std::string name;
  std::string definition;  ///< JSON
  std::string role_arn;
  storage::StateMachineType type = storage::StateMachineType::Standard;
  std::string configuration = "{}";  ///< logging, tracing, encryption configuration as a JSON object
  bool publish = false;              ///< as version 1
  std::string version_description;
  std::vector<storage::Tag> tags;
};
struct CreatedStateMachine {
  std::string arn;
  Instant created_at;
  std::uint32_t version = 0;  ///< 0: not published
};

struct UpdateStateMachine {
  std::string arn;
  std::optional<std::string> definition;  ///< JSON
  std::optional<std::string> role_arn;
  std::optional<std::string> configuration;  ///< as at creation
  bool publish = false;                      ///< the revision that it makes, or that is there if nothing changes
  std::string version_description;
};
struct UpdatedStateMachine {
  std::string revision_id;  ///< empty: still the first one, to which AWS gives no id
  Instant updated_at;
  std::uint32_t version = 0;  ///< 0: not published
};

struct PublishVersion {
  std::string arn;                         ///< of the state machine
  std::optional<std::string> revision_id;  ///< which the newest has to be; INITIAL is the first
  std::string description;
};
struct PublishedVersion {
  std::uint32_t number = 0;
  Instant created_at;
};
struct VersionName {
  std::string arn;  ///< of the state machine
  std::uint32_t number = 0;
};

struct CreateAlias {
  std::string arn;  ///< of the state machine
  std::string name;
  std::string description;
  std::vector<storage::Route> routes;  ///< one or two of different versions, weights of 100 in sum
};
struct CreatedAlias {
  Instant created_at;
};
struct UpdateAlias {
  std::string arn;  ///< of the state machine
  std::string name;
  std::optional<std::string> description;
  std::optional<std::vector<storage::Route>> routes;
};
struct UpdatedAlias {
  Instant updated_at;
};
struct AliasName {
  std::string arn;  ///< of the state machine
  std::string name;
};

struct TagChange {
  std::string arn;  ///< of the resource: a state machine
  std::vector<storage::Tag> put;
  std::vector<std::string> removed;  ///< keys
};

struct StartExecution {
  std::string state_machine_arn;    ///< may end in a version or an alias
  std::optional<std::string> name;  ///< none: a UUID is made
  std::string input = "{}";
  std::string trace_header;
  std::optional<storage::PutArrival>
      arrival;  ///< recorded in the commit that stores the start; never of an EXPRESS one
  /// EXPRESS executions are lost in a crash: their start is answered when they have ended, so that who has no answer
  /// can ask again.
  bool answer_at_end = false;
  std::optional<core::ParentLink> parent = {};  ///< the task that starts it; what it asks for again is the same start
  Lineage lineage = {};                         ///< of the execution that is to be
};
struct StartedExecution {
  std::string arn;
  Instant started_at;
  bool arrival_recorded = false;  ///< false too where an earlier request had started the same
};

/// What StartSyncExecution shows of an EXPRESS execution.
struct EndedExecution {
  std::string arn;
  std::string name;
  std::string state_machine_arn;
  storage::ExecutionStatus status = storage::ExecutionStatus::Succeeded;
  Instant started_at;
  Instant stopped_at;
  Payload input;
  std::optional<Payload> output;
  std::optional<std::string> error;
  std::optional<std::string> cause;
  std::string trace_header;
  std::size_t memory_bytes = 0;  ///< of its definition, and of its data when they were most
};

struct StopExecution {
  std::string execution_arn;
  std::optional<std::string> error;
  std::optional<std::string> cause;
};
struct StoppedExecution {
  Instant stopped_at;
};

/// A caller waits for the end of an execution of a STANDARD state machine.
struct AwaitEnd {
  std::string execution_arn;
  std::chrono::seconds most{60};
};

struct RedriveExecution {
  std::string execution_arn;
  std::optional<std::string> client_token;  ///< the same again within 15 minutes is the same request
};
struct RedrivenExecution {
  Instant redriven_at;
};

struct HistoryQuery {
  std::string execution_arn;
  std::uint32_t from = 0;  ///< HistoryPage::next_from; 0: from the first (or the last when `reverse`)
  std::size_t limit = 100;
  bool reverse = false;
  bool include_data = true;
};
struct HistoryPage {
  std::vector<Json> events;     ///< AWS HistoryEvent objects
  std::uint32_t next_from = 0;  ///< where the next page begins, a place in the journal; 0: that was the end
};

struct CreateActivity {
  std::string name;
  std::string configuration = "{}";  ///< encryption configuration as a JSON object
  std::vector<storage::Tag> tags;
};
struct CreatedActivity {
  std::string arn;
  Instant created_at;
};

/// A worker asks for a task of an activity, and waits for one.
struct PollActivity {
  std::string activity_arn;
  std::string worker;
};
struct ActivityTask {
  std::string token;           ///< empty: none came in time
  Payload input;               ///< of the task
  std::function<void()> lost;  ///< to be called if the worker could not be told: the next one gets the task
};

/// What an activity's worker or a callback says of the task that its token names.
struct AnswerTask {
  struct Success {
    std::string output;  ///< JSON
  };
  struct Heartbeat {};
  std::string token;
  std::variant<Success, core::Failure, Heartbeat> answer;
};

using TestState = core::StateTest;
struct TestedState {
  Payload answer;  ///< AWS's TestStateOutput
};

/// A function of the configuration called from outside an execution, as Lambda's Invoke calls it.
struct InvokeFunction {
  std::string function;             ///< name or ARN
  std::string payload;              ///< JSON text; empty: `{}`
  Lineage lineage = {};             ///< of what the function writes and starts
  std::string qualifier = {};       ///< version or alias; replaces the one in `function`
  std::string log_type = {};        ///< `Tail`: the end of the log is wanted
  std::string client_context = {};  ///< base64
  std::string request_id = {};      ///< the invocation's; empty: one is made
  std::string trace_header = {};    ///< X-Ray's
};
struct InvokedFunction {
  Result<Payload> answer;  ///< an error's cause is Lambda's error object as text, or a service error's message
  std::string executed_version = {};
  std::string log_result = {};  ///< base64
};

/// One call of a service integration for a caller that is no execution.
struct CallService {
  std::string service;  ///< as a state's resource begins: `sns`, `aws-sdk:rekognition`
  std::string action;   ///< `publish`
  Payload parameters;
  std::string attempt;   ///< unique for this call; a call that is repeated with it has its effect once
  Lineage lineage = {};  ///< of what the call writes and tells
};
/// An error has the name and the cause that a state would see.
struct CalledService {
  Result<Payload> answer;
};

/// The numbers that an operator watches.
struct Readings {
  std::vector<LaneDepth> lanes;   ///< of the tasks that handlers carry out
  std::size_t quarantined = 0;    ///< executions that cannot go on (quarantine.h)
  std::uint64_t ended_loops = 0;  ///< starts and calls that were refused by EngineOptions::echoes_max
  std::uint64_t throttled_starts = 0;     ///< refused by the rates of starts (throttles.h)
  std::uint64_t throttled_states = 0;     ///< times that an execution waited for the rate of states
};

/// Thread: any, for every member. A reply means that what it says is durable.
class Gateway {
 public:
  virtual ~Gateway() = default;

  /// Everything that is wrong with the definition, in AWS's order: it is refused at its creation if one of them is an
  /// Error. Then warnings about its tasks that nothing here would carry out. Nothing is stored.
  virtual asl::Diagnostics validate_definition(std::string_view definition, storage::StateMachineType type) const = 0;
  virtual void create_state_machine(CreateStateMachine request, Reply<CreatedStateMachine> reply) = 0;
  /// Makes a new revision; executions that run keep theirs.
  virtual void update_state_machine(UpdateStateMachine request, Reply<UpdatedStateMachine> reply) = 0;
  virtual void delete_state_machine(std::string arn, Reply<std::monostate> reply) = 0;
  virtual void publish_version(PublishVersion request, Reply<PublishedVersion> reply) = 0;
  virtual void delete_version(VersionName name, Reply<std::monostate> reply) = 0;
  virtual void create_alias(CreateAlias request, Reply<CreatedAlias> reply) = 0;
  virtual void update_alias(UpdateAlias request, Reply<UpdatedAlias> reply) = 0;
  virtual void delete_alias(AliasName name, Reply<std::monostate> reply) = 0;
  virtual void change_tags(TagChange change, Reply<std::monostate> reply) = 0;
  /// Whether a start of that state machine reads nothing from the store at present, so that it may be asked for where
  /// nothing may block. False for the ARN of a version or an alias.
  virtual bool starts_at_once(const std::string& state_machine_arn) const = 0;
  /// Blocks on a read of the store unless starts_at_once().
  virtual void start_execution(StartExecution request, Reply<StartedExecution> reply) = 0;
  /// Of EXPRESS state machines alone; `answer_at_end` is implied.
  virtual void start_sync_execution(StartExecution request, Reply<EndedExecution> reply) = 0;
  virtual void stop_execution(StopExecution request, Reply<StoppedExecution> reply) = 0;

  /// Answers the execution when its end is stored, or as it is when the time is over. What it answers ends the wait of
  /// a caller that has gone, from any thread; the reply may come all the same.
  virtual std::function<void()> await_end(AwaitEnd request, Reply<storage::ExecutionRecord> reply) = 0;

  virtual void create_activity(CreateActivity request, Reply<CreatedActivity> reply) = 0;
  virtual void delete_activity(std::string arn, Reply<std::monostate> reply) = 0;
  /// Workers are served in the order in which they came, tasks likewise. What it answers ends the wait of a worker that
  /// has gone, from any thread; the reply may come all the same. Blocks on a read of the store.
  virtual std::function<void()> poll_activity(PollActivity request, Reply<ActivityTask> reply) = 0;
  /// A task is answered once, whatever crashes in between: the second time is TaskTimedOut.
  virtual void answer_task(AnswerTask request, Reply<std::monostate> reply) = 0;
  /// Lets an execution that failed, timed out or was aborted go on where it ended. Blocks on reads of the store.
  virtual void redrive_execution(RedriveExecution request, Reply<RedrivenExecution> reply) = 0;
  /// Runs one state by itself. Nothing of it is kept, but what it calls is called.
  virtual void test_state(TestState request, Reply<TestedState> reply) = 0;
  virtual void invoke_function(InvokeFunction request, Reply<InvokedFunction> reply) = 0;
  virtual void call_service(CallService request, Reply<CalledService> reply) = 0;

  /// None if redrive_execution() would take it, else AWS's reason. Blocks on a read of the store, throws StoreError.
  virtual std::optional<std::string> why_not_redrivable(const storage::ExecutionRecord& record) const = 0;

  /// Blocks on a read of the store.
  virtual Answer<HistoryPage> history(const HistoryQuery& query) const = 0;

  /// Never blocks.
  virtual Readings readings() const = 0;
};

}  // namespace stepd::run
