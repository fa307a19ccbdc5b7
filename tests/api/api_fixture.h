// A real server on a free loopback port over fakes that a test scripts, and a client that sends any bytes whatever.
#pragma once

#include "api/api.h"
#include "api/aws/aws_doors.h"
#include "engine/run/validation.h"

#include <gtest/gtest.h>
#include <atomic>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace stepd::api::test {

inline const std::string kMachineArn = "arn:aws:states:us-east-1:123456789012:stateMachine:greet";
inline const std::string kExecutionArn = "arn:aws:states:us-east-1:123456789012:execution:greet:one";
inline constexpr Instant kNow{std::chrono::milliseconds(1'763'712'345'678)};
inline constexpr double kNowSeconds = 1763712345.678;

/// Answers what the test says, else what no test expects: ServiceUnavailable.
class FakeGateway final : public run::Gateway {
 public:
  template <class Request, class Value>
  using Script = std::function<void(Request, run::Reply<Value>)>;

  Script<run::CreateStateMachine, run::CreatedStateMachine> on_create =
      refuse<run::CreateStateMachine, run::CreatedStateMachine>();
  Script<run::UpdateStateMachine, run::UpdatedStateMachine> on_update =
      refuse<run::UpdateStateMachine, run::UpdatedStateMachine>();
  Script<std::string, std::monostate> on_delete = refuse<std::string, std::monostate>();
  Script<run::StartExecution, run::StartedExecution> on_start = refuse<run::StartExecution, run::StartedExecution>();
  Script<run::StartExecution, run::EndedExecution> on_start_sync = refuse<run::StartExecution, run::EndedExecution>();
  Script<run::StopExecution, run::StoppedExecution> on_stop = refuse<run::StopExecution, run::StoppedExecution>();
  Script<run::TestState, run::TestedState> on_test = refuse<run::TestState, run::TestedState>();
  Script<run::InvokeFunction, run::InvokedFunction> on_invoke = refuse<run::InvokeFunction, run::InvokedFunction>();
  Script<run::CallService, run::CalledService> on_service = refuse<run::CallService, run::CalledService>();
  Script<run::PublishVersion, run::PublishedVersion> on_publish = refuse<run::PublishVersion, run::PublishedVersion>();
  Script<run::VersionName, std::monostate> on_delete_version = refuse<run::VersionName, std::monostate>();
  Script<run::CreateAlias, run::CreatedAlias> on_create_alias = refuse<run::CreateAlias, run::CreatedAlias>();
  Script<run::UpdateAlias, run::UpdatedAlias> on_update_alias = refuse<run::UpdateAlias, run::UpdatedAlias>();
  Script<run::AliasName, std::monostate> on_delete_alias = refuse<run::AliasName, std::monostate>();
  Script<run::TagChange, std::monostate> on_tags = refuse<run::TagChange, std::monostate>();
  Script<run::CreateActivity, run::CreatedActivity> on_create_activity =
      refuse<run::CreateActivity, run::CreatedActivity>();
  Script<std::string, std::monostate> on_delete_activity = refuse<std::string, std::monostate>();
  std::function<std::function<void()>(run::PollActivity, run::Reply<run::ActivityTask>)> on_poll;
  std::function<std::function<void()>(run::AwaitEnd, run::Reply<storage::ExecutionRecord>)> on_await;
  Script<run::AnswerTask, std::monostate> on_answer = refuse<run::AnswerTask, std::monostate>();
  Script<run::RedriveExecution, run::RedrivenExecution> on_redrive =
      refuse<run::RedriveExecution, run::RedrivenExecution>();
  bool at_once = true;
  std::optional<std::string> not_redrivable;
  run::Readings read;
  std::function<run::Answer<run::HistoryPage>(const run::HistoryQuery&)> on_history;
  run::TaskCheck on_check;

  asl::Diagnostics validate_definition(std::string_view definition, storage::StateMachineType type) const override {
    return run::validate_definition(definition, run::parse_options(type), on_check);
  }
  void create_state_machine(run::CreateStateMachine request, run::Reply<run::CreatedStateMachine> reply) override {
    on_create(std::move(request), std::move(reply));
  }
  void update_state_machine(run::UpdateStateMachine request, run::Reply<run::UpdatedStateMachine> reply) override {
    on_update(std::move(request), std::move(reply));
  }
  void delete_state_machine(std::string arn, run::Reply<std::monostate> reply) override {
    on_delete(std::move(arn), std::move(reply));
  }
  void publish_version(run::PublishVersion request, run::Reply<run::PublishedVersion> reply) override {
    on_publish(std::move(request), std::move(reply));
  }
  void delete_version(run::VersionName name, run::Reply<std::monostate> reply) override {
    on_delete_version(std::move(name), std::move(reply));
  }
  void create_alias(run::CreateAlias request, run::Reply<run::CreatedAlias> reply) override {
    on_create_alias(std::move(request), std::move(reply));
  }
  void redrive_execution(run::RedriveExecution request, run::Reply<run::RedrivenExecution> reply) override {
    on_redrive(std::move(request), std::move(reply));
  }
  std::optional<std::string> why_not_redrivable(const storage::ExecutionRecord&) const override {
    return not_redrivable;
  }
  void update_alias(run::UpdateAlias request, run::Reply<run::UpdatedAlias> reply) override {
    on_update_alias(std::move(request), std::move(reply));
  }
  void delete_alias(run::AliasName name, run::Reply<std::monostate> reply) override {
    on_delete_alias(std::move(name), std::move(reply));
  }
  void change_tags(run::TagChange change, run::Reply<std::monostate> reply) override {
    on_tags(std::move(change), std::move(reply));
  }
  std::function<void()> await_end(run::AwaitEnd request, run::Reply<storage::ExecutionRecord> reply) override {
    return on_await(std::move(request), std::move(reply));
  }
  void create_activity(run::CreateActivity request, run::Reply<run::CreatedActivity> reply) override {
    on_create_activity(std::move(request), std::move(reply));
  }
  void delete_activity(std::string arn, run::Reply<std::monostate> reply) override {
    on_delete_activity(std::move(arn), std::move(reply));
  }
  std::function<void()> poll_activity(run::PollActivity request, run::Reply<run::ActivityTask> reply) override {
    return on_poll(std::move(request), std::move(reply));
  }
  void answer_task(run::AnswerTask request, run::Reply<std::monostate> reply) override {
    on_answer(std::move(request), std::move(reply));
  }
  bool starts_at_once(const std::string&) const override { return at_once; }
  void start_execution(run::StartExecution request, run::Reply<run::StartedExecution> reply) override {
    on_start(std::move(request), std::move(reply));
  }
  void start_sync_execution(run::StartExecution request, run::Reply<run::EndedExecution> reply) override {
    on_start_sync(std::move(request), std::move(reply));
  }
  void stop_execution(run::StopExecution request, run::Reply<run::StoppedExecution> reply) override {
    on_stop(std::move(request), std::move(reply));
  }
  void test_state(run::TestState request, run::Reply<run::TestedState> reply) override {
    on_test(std::move(request), std::move(reply));
  }
  void invoke_function(run::InvokeFunction request, run::Reply<run::InvokedFunction> reply) override {
    on_invoke(std::move(request), std::move(reply));
  }
  void call_service(run::CallService request, run::Reply<run::CalledService> reply) override {
    on_service(std::move(request), std::move(reply));
  }
  run::Answer<run::HistoryPage> history(const run::HistoryQuery& query) const override { return on_history(query); }
  run::Readings readings() const override { return read; }

 private:
  template <class Request, class Value>
  static Script<Request, Value> refuse() {
    return [](const Request&, const run::Reply<Value>& reply) {
      reply(run::Refusal{run::RefusalCode::ServiceUnavailable, "not scripted"});
    };
  }
};

class FakeReader final : public storage::Reader {
 public:
  std::vector<storage::StateMachineRecord> machines;     ///< by ARN
  std::vector<storage::ExecutionRecord> execution_list;  ///< newest first
  std::vector<storage::VersionRecord> version_list;      ///< newest first
  std::vector<storage::AliasRecord> alias_list;          ///< by name
  std::vector<storage::Tag> tag_list;
  std::vector<storage::ActivityRecord> activity_list;  ///< by ARN
  bool broken = false;

  std::optional<storage::StateMachineRecord> state_machine(const std::string& arn) const override;
  std::optional<storage::StateMachineRecord> revision(const std::string& arn, const std::string&) const override {
    return state_machine(arn);
  }
  std::optional<storage::VersionRecord> version(const std::string& arn, std::uint32_t number) const override;
  std::optional<storage::VersionRecord> version_of(const std::string&, const std::string&) const override { return {}; }
  std::vector<storage::VersionRecord> versions(const std::string& arn, std::uint32_t before,
                                               std::size_t limit) const override;
  storage::VersionTally tally_versions(const std::string&) const override { return {}; }
  std::optional<storage::AliasRecord> alias(const std::string& arn, const std::string& name) const override;
  std::vector<storage::AliasRecord> aliases(const std::string& arn, const std::string& after,
                                            std::size_t limit) const override;
  std::optional<storage::ActivityRecord> activity(const std::string& arn) const override;
  std::vector<storage::ActivityRecord> activities(const std::string& after, std::size_t limit) const override;
  std::vector<storage::Tag> tags(const std::string&) const override { return tag_list; }
  std::vector<storage::StateMachineRecord> state_machines(const std::string& after, std::size_t limit) const override;
  std::optional<storage::ExecutionRecord> execution(const std::string& arn) const override;
  std::vector<storage::ExecutionSummary> executions(const storage::ExecutionQuery& query) const override;
  std::vector<storage::ExecutionTally> tally_executions() const override { return {}; }
  std::vector<storage::ListedFailure> failures(std::span<const storage::ExecutionId>) const override { return {}; }
  std::optional<storage::ExecutionId> first_since(Instant) const override { return {}; }
  std::vector<storage::QuarantinedExecution> quarantined(storage::ExecutionId, std::size_t) const override {
    return {};
  }
  std::vector<storage::PayloadRecord> payloads(std::span<const storage::PayloadId>) const override { return {}; }
  std::vector<storage::EventRecord> events(storage::ExecutionId, std::uint32_t, std::size_t, bool) const override {
    return {};
  }
  std::vector<storage::TableRecord> item_tables() const override { return {}; }
  storage::ItemTally tally_items(const std::string&) const override { return {}; }
  std::optional<std::string> item(const storage::ItemPlace&) const override { return {}; }
  std::vector<std::optional<std::string>> items(std::span<const storage::ItemPlace>) const override { return {}; }
  std::vector<storage::ItemRecord> items(const storage::ItemRange&) const override { return {}; }
  std::optional<storage::ChangedItem> changed_item(const std::string&) const override { return {}; }
  std::optional<storage::ItemReceipt> item_receipt(const std::string&) const override { return {}; }
  std::optional<std::string> arrival(const std::string&, const std::string&) const override { return {}; }
  std::vector<std::string> arrivals(const std::string&, const std::string&, std::size_t) const override { return {}; }
  std::vector<OutboxHead> outbox(const std::string&, std::size_t) const override { return {}; }
  std::optional<std::string> outbox_body(const std::string&, const std::string&) const override { return {}; }
  std::vector<std::string> outbox_destinations() const override { return {}; }
  storage::OutboxTally tally_outbox() const override { return {}; }
};

/// One bucket, `uploads`. Keys with `..` are refused, as every store does; whatever was asked for is noted.
class MemoryObjects final : public ObjectStore {
 public:
  struct Object {
    std::string bytes;
    std::string type;
  };
  std::map<std::string, Object> objects() const;
  void put(const std::string& key, std::string bytes, std::string type = "text/plain");
  std::set<std::string> asked() const;
  std::size_t largest_piece() const;
  int open_writers() const;
  std::optional<AslError> next_error;  ///< answered by the next create, write or commit

  std::vector<std::string> buckets() const override { return {"uploads"}; }
  Result<std::unique_ptr<ObjectReader>> open(const ObjectRef& ref) const override;
  Result<std::unique_ptr<ObjectWriter>> create(const ObjectRef& ref, NewObject object) override;
  Result<ObjectStat> head(const ObjectRef& ref) const override;
  Result<ObjectListing> list(std::string_view bucket, std::string_view prefix, std::string_view after,
                             std::size_t limit) const override;
  using ObjectStore::remove;
  Result<void> remove(const ObjectRef& ref, const ObjectCondition& condition) override;
  Result<ObjectStat> copy(const ObjectRef&, const ObjectRef&, const CopyRules&) override {
    return AslError{"Object.Failed", "not scripted"};
  }

 private:
  friend class MemoryWriter;
  Result<void> check(const ObjectRef& ref) const;
  /// With the mutex held.
  Result<void> check_condition(const std::string& key, const ObjectCondition& condition) const;

  mutable std::mutex mutex_;
  std::map<std::string, Object> objects_;
  mutable std::set<std::string> asked_;
  std::size_t largest_piece_ = 0;
  int open_writers_ = 0;
};

/// A table `images`, of the items that a test puts into `items`.
class FakeItems final : public ItemStore {
 public:
  std::map<std::string, Json> items;
  std::vector<TablePtr> tables() const override { return {images_}; }
  TablePtr find_table(std::string_view name) const override { return name == "images" ? images_ : nullptr; }
  ItemCount count(const std::string&) const override { return {}; }
  Result<std::optional<Item>> get(const ItemRef& ref) const override;
  Result<std::vector<std::optional<Item>>> get_all(std::span<const ItemRef>) const override { return not_scripted(); }
  Result<ItemPage> query(const ItemQuery&) const override { return ItemPage(); }
  Result<ItemChange> change(const ItemRef&, const ItemDecision&, const std::string&) override { return ItemChange(); }
  Result<std::vector<ItemChange>> change_all(std::span<const ItemRef>, const ItemDecisions&,
                                             const std::optional<RequestToken>&, const std::string&) override {
    return not_scripted();
  }
  Result<TablePtr> create(const TableSchema&, const std::string&) override { return not_scripted(); }
  Result<TablePtr> drop(const std::string&) override { return not_scripted(); }
  Result<void> set_ttl(const std::string&, const std::string&) override { return not_scripted(); }
  Result<TablePtr> alter(const std::string&, const TableChange&) override { return not_scripted(); }
  bool sweep(std::size_t) override { return false; }

 private:
  static AslError not_scripted() { return {"Item.Failed", "not scripted"}; }
  const TablePtr images_ = std::make_shared<Table>(Table{{"images", {"ImageKey"}}, "id", true, {}, "{}"});
};

class FakeClock final : public Clock {
 public:
  std::atomic<std::int64_t> milliseconds{kNow.time_since_epoch().count()};
  Instant now() const override { return Instant(std::chrono::milliseconds(milliseconds)); }
  SteadyInstant steady() const override { return SteadyInstant(std::chrono::milliseconds(milliseconds)); }
};

struct Answer {
  int status = 0;  ///< 0: the connection ended without an answer
  std::string head;
  std::string body;
  /// The value of a field; empty if there is none.
  std::string field(std::string_view name) const;
  Json json() const;
};

/// An error of the AWS protocol.
void expect_error(const Answer& answer, const std::string& type, const std::string& message, int status = 400);

/// A raw connection. Whatever is not there after 20 seconds fails the test.
class Socket {
 public:
  /// `from` is an address of this machine that the connection comes from.
  explicit Socket(std::uint16_t port, const char* from = "127.0.0.1");
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  /// False if the server has closed already.
  bool send(std::string_view bytes);
  void shut_sending();
  enum class Body { Expected, None };
  Answer read_answer(Body body = Body::Expected);
  /// Whether the server closes, or says anything, within that time.
  bool is_cut_within(std::chrono::milliseconds time);
  /// Everything until the server closes.
  std::string read_rest();

 private:
  bool receive();
  int socket_;
  std::string received_;
};

class Api : public ::testing::Test {
 protected:
  void TearDown() override;
  /// What is served as the buckets.
  virtual ObjectStore& store() { return objects; }
  /// Starts with `options` and `routes`; the first request does it otherwise.
  Server& server();

  /// A POST is JSON unless `fields` have a Content-Type; an empty one stands for none.
  Answer ask(const std::string& method, const std::string& target, const std::string& body = "",
             const std::vector<std::string>& fields = {});
  /// An operation of the AWS protocol.
  Answer call(const std::string& operation, const Json& arguments);
  /// An operation of another service, by its whole target.
  Answer call_target(const std::string& target, const Json& arguments);
  /// An operation of a service of the query protocol, as a signed form.
  Answer call_form(const std::string& scope, const std::string& form);
  /// Sends the bytes and reads one answer.
  Answer raw(std::string_view bytes);
  void expect_alive();

  FakeGateway gateway;
  FakeReader reader;
  MemoryObjects objects;
  FakeItems items;
  FakeClock clock;
  AwsDoors doors;
  ServerOptions options = on_a_free_port();
  Routes routes;

 private:
  static ServerOptions on_a_free_port();
  std::unique_ptr<Server> server_;
};

storage::StateMachineRecord machine(const std::string& arn = kMachineArn);
storage::ExecutionRecord execution(std::int64_t id, storage::ExecutionStatus status);

}  // namespace stepd::api::test
