// Store: the interface to durable state. The engine writes to it in batches, and all rooms read from it. Events, frames
// and heads are opaque bytes to a store; it unpacks only the payloads that are the input or output of an execution, for
// readers. No SQL type appears here.
#pragma once

#include "base/clock.h"
#include "base/outbox.h"
#include "base/result.h"
#include "storage/item_records.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace stepd::storage {

/// Identifies an execution within one store, where AWS uses the ARN. Later executions have larger ids.
enum class ExecutionId : std::int64_t {};

/// Identifies a payload within one store; 0: none. Later payloads have larger ids, across all executions.
enum class PayloadId : std::int64_t {};

enum class ExecutionStatus : std::uint8_t { Running = 1, Succeeded, Failed, TimedOut, Aborted };
enum class StateMachineType : std::uint8_t { Standard = 1, Express };

/// One revision of a state machine. The newest revision of an ARN is the current one.
struct StateMachineRecord {
  std::string arn;
  std::string revision_id;
  std::string name;
  StateMachineType type = StateMachineType::Standard;
  std::string role_arn;
  std::string definition;     ///< the text as it was created, JSON
  std::string configuration;  ///< logging, tracing and encryption configuration, as a JSON object
  Instant created_at;         ///< of the state machine
  Instant updated_at;         ///< of this revision
};

/// A published version: a revision with a number 1, 2, 3, ..., which is not reused.
struct VersionRecord {
  std::string machine_arn;
  std::uint32_t number = 0;
  std::string revision_id;
  std::string description;
  Instant created_at;
};

/// A version's share of the executions that an alias starts, in percent.
struct Route {
  std::uint32_t version = 0;
  std::uint32_t weight = 0;
  bool operator==(const Route&) const = default;
};

/// A name for one version, or for two by weight.
struct AliasRecord {
  std::string machine_arn;
  std::string name;
  std::string description;
  std::vector<Route> routes;  ///< one or two
  Instant created_at;
  Instant updated_at;
};

struct Tag {
  std::string key;
  std::string value;
  bool operator==(const Tag&) const = default;
};

/// A kind of task that workers ask for.
struct ActivityRecord {
  std::string arn;
  std::string name;
  std::string configuration;  ///< encryption configuration, as a JSON object
  Instant created_at;
};

/// A text that belongs to an execution. It is stored once, however often it is referred to.
struct PayloadRecord {
  PayloadId id{};
  std::string bytes;  ///< as pack_text() answers
};

/// Why an open execution cannot go on at present.
struct QuarantineRecord {
  ExecutionId id{};
  Instant at;
  std::string state;  ///< the state that could not go on; empty: not known
  std::string cause;  ///< for people; stores cut it at kQuarantineCauseBytes, between characters
};

inline constexpr std::size_t kQuarantineCauseBytes = 32'768;

/// What a list shows of an execution. No member is large.
struct ExecutionSummary {
  ExecutionId id{};
  std::string arn;
  std::string state_machine_arn;
  std::string revision_id;
  std::string name;
  ExecutionStatus status = ExecutionStatus::Running;
  Instant started_at;
  std::optional<Instant> stopped_at;
  std::uint32_t machine_version = 0;  ///< the version it was started by; 0: none
  std::string machine_alias;          ///< the alias that chose the version; empty: none
  std::uint32_t redrive_count = 0;
  std::optional<Instant> redriven_at;  ///< the last time
  bool quarantined = false;            ///< readers fill it
};

struct ExecutionRecord : ExecutionSummary {
  std::string input;                  ///< on creation: not stored if `input_id` is set
  std::optional<std::string> output;  ///< likewise with `output_id`
  std::optional<std::string> error;
  std::optional<std::string> cause;
  PayloadId input_id{};
  PayloadId output_id{};
  std::string trace_header;
  std::string redrive_tokens;                  ///< what the engine remembers of requests for redrives
  std::optional<QuarantineRecord> quarantine;  ///< readers fill it
};

struct EventRecord {
  std::uint32_t number = 0;  ///< 1, 2, 3, ... without gaps
  std::string data;
};

struct FrameRecord {
  std::uint32_t id = 0;
  std::string data;
};

struct Ending {
  ExecutionStatus status = ExecutionStatus::Succeeded;
  Instant stopped_at;
  std::optional<std::string> output;  ///< not stored if `output_id` is set
  std::optional<std::string> error;
  std::optional<std::string> cause;
  PayloadId output_id{};
};

/// A closed execution that has not succeeded runs again.
struct Redrive {
  std::uint32_t count = 1;  ///< this one included: Conflict if it is not the next
  Instant at;
  std::string tokens;  ///< ExecutionRecord::redrive_tokens
};

// ---- what can be written ------------------------------------------------------------------------------------------

/// A file of a watched bucket whose arrival has been dealt with.
struct PutArrival {
  std::string bucket;
  std::string key;
  std::string identity;  ///< changes whenever the file does
  Instant at;
};

/// Messages to deliver. One that is there already stays as it is. Conflict, and none is stored, if there is no room for
/// all of them.
struct PutOutbox {
  std::vector<OutboxRecord> records;
  OutboxLimits limits = {};
};

/// Everything that one turn of one execution changes; applied whole or not at all.
struct ExecutionDelta {
  ExecutionId id{};
  std::uint64_t expected_version = 0;      ///< deltas applied so far; 0 exactly when `created` is set
  bool any_version = false;                ///< with `ended` alone, and only of a quarantined execution: whatever it is
  std::optional<ExecutionRecord> created;  ///< claims the ARN: Outcome::NameTaken if an execution has it
  std::optional<Redrive> redriven;         ///< versions begin anew then, so `expected_version` is 0
  std::optional<Ending> ended;             ///< also removes head and frames; a redrive makes them from the events
  std::string head;                        ///< replaces the execution's head
  std::vector<FrameRecord> frames;         ///< put
  std::vector<std::uint32_t> dropped;      ///< frames removed
  std::vector<EventRecord> events;         ///< appended; their numbers ascend
  std::vector<PayloadRecord> payloads;     ///< new ones of this execution; only together with `events`
  std::optional<PutArrival> arrival;       ///< the file that started it, recorded with `created`
  PutOutbox outbox = {};  ///< what the turn tells others; without room for all of it none is put, and it is counted
};

/// Marks an open execution as one that cannot go on, or replaces the mark. The end of the execution removes the mark.
/// Conflict if the execution is not open.
struct PutQuarantine {
  QuarantineRecord record;
};

/// Removes the mark; a missing one is removed with success.
struct DropQuarantine {
  ExecutionId id{};
};

/// Adds a revision. NameTaken if `replaces` is not the newest revision of the ARN (empty: the ARN must not exist), if
/// the ARN had this revision before, or while it is being deleted (state_machine() answers none then).
struct PutStateMachine {
  StateMachineRecord record;
  std::string replaces;
  std::optional<VersionRecord> version = std::nullopt;  ///< published with it; NameTaken unless its number is the next
  std::vector<Tag> tags = {};                           ///< given with it
};

/// Publishes a revision. NameTaken if the revision has a version already or the number is not the next; Conflict if
/// there is no such revision.
struct PutVersion {
  VersionRecord record;
};

/// Conflict while an alias routes to the version; a missing version is removed with success.
struct DeleteVersion {
  std::string machine_arn;
  std::uint32_t number = 0;
};

/// Adds or replaces an alias. NameTaken unless its present state is what `replaces` says; Conflict if a version that it
/// routes to does not exist, or the state machine would have more than `max` aliases.
struct PutAlias {
  AliasRecord record;
  std::optional<Instant> replaces;  ///< when the alias that it replaces was last changed; none: there is none
  std::size_t max = SIZE_MAX;
};

struct DeleteAlias {
  std::string machine_arn;
  std::string name;
};

/// NameTaken if the ARN exists.
struct PutActivity {
  ActivityRecord record;
  std::vector<Tag> tags;  ///< given with it
};

/// Removes the activity and its tags; a missing one is removed with success.
struct DeleteActivity {
  std::string arn;
};

/// Puts and removes tags of a state machine or an activity. Conflict if the resource does not exist or would have more
/// than `max` tags.
struct ChangeTags {
  std::string resource_arn;
  std::vector<Tag> put;
  std::vector<std::string> removed;  ///< keys
  std::size_t max = SIZE_MAX;
};

/// Removes the state machine with its versions, aliases, tags and closed executions. Open executions keep their
/// revision and are removed when they end.
struct DeleteStateMachine {
  std::string arn;
};

struct DeleteArrival {
  std::string bucket;
  std::string key;
};

/// A message that is delivered or given up; one that is not there is removed with success.
struct RemoveOutbox {
  std::string destination;
  std::string id;
};

/// A message whose attempt has failed; one that is not there is changed with success.
struct RetryOutbox {
  std::string destination;
  OutboxHead head;
};

using Write =
    std::variant<ExecutionDelta, PutStateMachine, DeleteStateMachine, ChangeItems, PutTable, PurgeItems, PutArrival,
                 DeleteArrival, PutVersion, DeleteVersion, PutAlias, DeleteAlias, ChangeTags, PutActivity,
                 DeleteActivity, PutQuarantine, DropQuarantine, PutOutbox, RemoveOutbox, RetryOutbox>;

enum class Outcome {
  Committed,    ///< on stable storage
  NameTaken,    ///< nothing of this write is stored
  Conflict,     ///< expected_version did not match (a bug of the writer), or the revision that a new execution names is
                ///< not there, e.g. deleted meanwhile, or an item is not what it was, or a payload that the write names
                ///< is not there; nothing of this write is stored
  Unavailable,  ///< e.g. disk full: nothing of it is stored, trying again later may work
  Fatal,        ///< fsync failed, the file is corrupt: nothing more will be stored, the process should end
};

/// Runs once, on the store's writer thread, after the commit that holds the write (or refused it). Must not block.
using Committed = std::function<void(Outcome)>;

// ---- what can be read ---------------------------------------------------------------------------------------------

struct ExecutionQuery {
  std::optional<std::string> state_machine_arn;
  std::optional<ExecutionStatus> status;
  std::optional<ExecutionId> before;  ///< only older ones: the last id of the page before
  std::size_t limit = 100;
  std::optional<std::uint32_t> machine_version = std::nullopt;  ///< with state_machine_arn only
  std::optional<std::string> machine_alias = std::nullopt;      ///< likewise
};

struct QuarantinedExecution {
  std::string arn;
  QuarantineRecord record;
};

/// How many executions of a state machine have a status; never 0.
struct ExecutionTally {
  std::string state_machine_arn;
  ExecutionStatus status = ExecutionStatus::Running;
  std::uint64_t executions = 0;
  bool operator==(const ExecutionTally&) const = default;
};

/// Why an execution failed, as much of it as a list shows.
struct ListedFailure {
  ExecutionId id{};
  std::string error;  ///< may be empty
  std::string cause;  ///< its beginning, kListedCauseChars at most; may be empty
  bool operator==(const ListedFailure&) const = default;
};

inline constexpr std::size_t kListedCauseChars = 300;

/// The number of versions of a state machine, and the last version number given.
struct VersionTally {
  std::uint32_t count = 0;
  std::uint32_t last = 0;
};

/// What waits in the outbox, and how many messages of executions found no room, since the store was made.
struct OutboxTally {
  std::size_t messages = 0;
  std::size_t bytes = 0;  ///< of bodies
  std::uint64_t dropped = 0;
  bool operator==(const OutboxTally&) const = default;
};

/// Thread: any. Each call sees what was committed when it began.
/// Failure to read throws StoreError: there is nothing sensible a caller could do but answer "internal error".
class Reader : public ItemReader {
 public:
  virtual std::optional<StateMachineRecord> state_machine(const std::string& arn) const = 0;
  virtual std::optional<StateMachineRecord> revision(const std::string& arn, const std::string& revision_id) const = 0;
  /// By ARN, those after `after`.
  virtual std::vector<StateMachineRecord> state_machines(const std::string& after, std::size_t limit) const = 0;
  virtual std::optional<VersionRecord> version(const std::string& machine_arn, std::uint32_t number) const = 0;
  virtual std::optional<VersionRecord> version_of(const std::string& machine_arn,
                                                  const std::string& revision_id) const = 0;
  /// Newest first, those with a smaller number than `before`.
  virtual std::vector<VersionRecord> versions(const std::string& machine_arn, std::uint32_t before,
                                              std::size_t limit) const = 0;
  virtual VersionTally tally_versions(const std::string& machine_arn) const = 0;
  virtual std::optional<AliasRecord> alias(const std::string& machine_arn, const std::string& name) const = 0;
  /// By name, bytewise, those after `after`.
  virtual std::vector<AliasRecord> aliases(const std::string& machine_arn, const std::string& after,
                                           std::size_t limit) const = 0;
  virtual std::optional<ActivityRecord> activity(const std::string& arn) const = 0;
  /// By ARN, those after `after`.
  virtual std::vector<ActivityRecord> activities(const std::string& after, std::size_t limit) const = 0;
  /// By key.
  virtual std::vector<Tag> tags(const std::string& resource_arn) const = 0;
  /// With the texts of its input and output, wherever they are stored. StoreError also if one of them is damaged.
  virtual std::optional<ExecutionRecord> execution(const std::string& arn) const = 0;
  /// Newest first. Reads no input, no output and no cause.
  virtual std::vector<ExecutionSummary> executions(const ExecutionQuery& query) const = 0;
  /// By state machine and status. Costs as much as there are state machines, however many executions there are.
  virtual std::vector<ExecutionTally> tally_executions() const = 0;
  /// By id, each once; those that are not there, or ended without error and cause, are left out.
  virtual std::vector<ListedFailure> failures(std::span<const ExecutionId> ids) const = 0;
  /// The first execution, by id, that started at `moment` or later; none: there is no such. Ids follow the starts to
  /// within the time of a commit, and the answer is as exact.
  virtual std::optional<ExecutionId> first_since(Instant moment) const = 0;
  /// By id, those after `after`.
  virtual std::vector<QuarantinedExecution> quarantined(ExecutionId after, std::size_t limit) const = 0;
  /// By id, each once; those that are not there are left out. Bytes come as they were written, unchecked.
  virtual std::vector<PayloadRecord> payloads(std::span<const PayloadId> ids) const = 0;
  /// Events with number >= from (or <= from when `reverse`), at most `limit`, in the order asked for.
  virtual std::vector<EventRecord> events(ExecutionId id, std::uint32_t from, std::size_t limit,
                                          bool reverse) const = 0;
  virtual std::optional<std::string> arrival(const std::string& bucket, const std::string& key) const = 0;
  /// Keys with a recorded arrival, in order, after `after`.
  virtual std::vector<std::string> arrivals(const std::string& bucket, const std::string& after,
                                            std::size_t limit) const = 0;
  /// The first messages for a destination, by when they are due, then by when they came.
  virtual std::vector<OutboxHead> outbox(const std::string& destination, std::size_t limit) const = 0;
  virtual std::optional<std::string> outbox_body(const std::string& destination, const std::string& id) const = 0;
  /// Those that some message is for, in order.
  virtual std::vector<std::string> outbox_destinations() const = 0;
  virtual OutboxTally tally_outbox() const = 0;
};

struct OpenExecution {
  ExecutionRecord record;
  std::uint64_t version = 0;
  std::string head;
  std::vector<FrameRecord> frames;
};

/// Reports an open execution that cannot be read. `arn` is empty if it cannot be read either; `why` is for people.
using Unreadable = std::function<void(ExecutionId id, const std::string& arn, const std::string& why)>;

/// Whether the same call may succeed later without anybody mending the store.
enum class Hope : std::uint8_t {
  None,    ///< what is stored is damaged
  Little,  ///< the disk did not answer, which may be for once or for ever
  Good,    ///< there was no room, memory or lock, or the store was not at its place
};

class StoreError : public std::runtime_error {
 public:
  explicit StoreError(const std::string& message, Hope hope = Hope::None) : std::runtime_error(message), hope_(hope) {}
  Hope hope() const { return hope_; }

 private:
  Hope hope_;
};

class Store {
 public:
  virtual ~Store() = default;

  /// Queues a write. Writes are stored in the order of the calls, and each has its own outcome. Writes that are queued
  /// while a commit is running share the next one (group commit, without a timer). Thread: any; never blocks.
  virtual void write(Write write, Committed done) = 0;

  virtual const Reader& reader() const = 0;

  /// Reads every open execution, oldest first, for a restart. Each is read by itself, so one that cannot be read does
  /// not affect the others. Throws StoreError if the list of their ids cannot be read. Thread: any; blocks.
  virtual void load_open(const std::function<void(OpenExecution)>& each, const Unreadable& unreadable) const = 0;
  /// One open execution, for a reload after an outcome that was not Committed. StoreError if it cannot be read.
  virtual std::optional<OpenExecution> load(ExecutionId id) const = 0;

  /// The largest id ever stored, 0 in an empty store.
  virtual ExecutionId last_id() const = 0;
  /// An id for a new payload. It is larger than that of every stored payload and is not given twice while the store is
  /// open. Only ids from here are written. Thread: any; never blocks.
  virtual PayloadId next_payload_id() = 0;

  /// Waits until all queued writes have been answered.
  virtual void flush() = 0;
};

}  // namespace stepd::storage
