#include "engine/core/history.h"

#include <map>
#include <nlohmann/json.hpp>

namespace stepd::core {
namespace {

using Kind = asl::Resource::Kind;

/// One overload per event type: AWS's type, and the details under AWS's name for them.
class View {
 public:
  View(const Event& event, Payloads data) : event_(event), with_data_(data == Payloads::Included) {}

  Json run() {
    row_ = {{"timestamp", to_epoch_seconds(event_.at)},
            {"type", ""},
            {"id", event_.history_id},
            {"previousEventId", event_.previous_id}};
    std::visit([this](const auto& body) { show(body); }, event_.body);
    return std::move(row_);
  }

 private:
  void type(std::string name) { row_["type"] = std::move(name); }
  Json& details(const char* name) { return row_[name] = Json::object(); }

  void data(Json& into, const char* name, const Payload& payload) const {
    if (!with_data_) return;
    into[name] = payload.text();
    into[std::string(name) + "Details"] = {{"truncated", false}};
  }
  static void failure(Json& into, const Failure& failure) {
    if (failure.error) into["error"] = *failure.error;
    if (failure.cause) into["cause"] = *failure.cause;
  }

  void show(const event::ExecutionStarted& e) {
    type("ExecutionStarted");
    auto& d = details("executionStartedEventDetails");
    data(d, "input", e.input);
    d["roleArn"] = e.identity.role_arn;
  }
  void show(const event::ExecutionSucceeded& e) {
    type("ExecutionSucceeded");
    data(details("executionSucceededEventDetails"), "output", e.output);
  }
  void show(const event::ExecutionFailed& e) {
    type("ExecutionFailed");
    failure(details("executionFailedEventDetails"), e.failure);
  }
  void show(const event::ExecutionTimedOut& e) {
    type("ExecutionTimedOut");
    failure(details("executionTimedOutEventDetails"), e.failure);
  }
  void show(const event::ExecutionAborted& e) {
    type("ExecutionAborted");
    failure(details("executionAbortedEventDetails"), e.failure);
  }
  void show(const event::ExecutionRedriven& e) {
    type("ExecutionRedriven");
    details("executionRedrivenEventDetails")["redriveCount"] = e.count;
  }
  void show(const event::StateEntered& e) {
    type(e.type + "StateEntered");
    auto& d = details("stateEnteredEventDetails");
    d["name"] = e.state;
    data(d, "input", e.input);
  }
  void show(const event::StateExited& e) {
    type(e.type + "StateExited");
    auto& d = details("stateExitedEventDetails");
    d["name"] = e.state;
    data(d, "output", e.output);
    if (e.assigned.empty() || !with_data_) return;
    // AWS sorts them by name.
    std::map<std::string_view, const Payload*> sorted;
    for (const auto& [name, value] : e.assigned) sorted.emplace(name, &value);
    for (const auto& [name, value] : sorted) d["assignedVariables"][std::string(name)] = value->text();
    d["assignedVariablesDetails"] = {{"truncated", false}};
  }
  void show(const event::EvaluationFailed& e) {
    type("EvaluationFailed");
    auto& d = details("evaluationFailedEventDetails");
    failure(d, e.failure);
    if (!e.location.empty()) d["location"] = e.location;
    d["state"] = e.state;
  }
  void show(const event::StateAborted& e) { type(e.type + "StateAborted"); }

  /// LambdaFunctionFailed / lambdaFunctionFailedEventDetails, ActivityFailed / ..., TaskFailed / ...
  Json& task(const TaskLabel& label, const char* what) {
    const std::string prefix = label.kind == Kind::LambdaFunction ? "LambdaFunction"
                               : label.kind == Kind::Activity     ? "Activity"
                                                                  : "Task";
    type(prefix + what);
    std::string name = prefix + what + "EventDetails";
    name[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(name[0])));
    auto& d = details(name.c_str());
    if (label.kind == Kind::Service) {
      d["resourceType"] = label.type;
      d["resource"] = label.resource;
    }
    return d;
  }
  void show(const event::TaskScheduled& e) {
    auto& d = task(e.label, "Scheduled");
    if (e.label.kind == Kind::Service) {
      d["region"] = e.region;
      d["parameters"] = with_data_ ? e.input.text() : "";
    } else {
      d["resource"] = e.label.resource;
      data(d, "input", e.input);
    }
    if (e.timeout_seconds) d["timeoutInSeconds"] = *e.timeout_seconds;
    if (e.heartbeat_seconds && e.label.kind != Kind::LambdaFunction) d["heartbeatInSeconds"] = *e.heartbeat_seconds;
    if (!e.role_arn.empty() && e.label.kind != Kind::Activity) d["taskCredentials"] = {{"roleArn", e.role_arn}};
  }
  void show(const event::TaskStarted& e) {
    auto& d = task(e.label, "Started");
    if (e.label.kind == Kind::Activity && !e.worker.empty()) d["workerName"] = e.worker;
    if (e.label.kind == Kind::LambdaFunction) row_.erase("lambdaFunctionStartedEventDetails");
  }
  void show(const event::TaskSubmitted& e) { data(task(e.label, "Submitted"), "output", e.output); }
  void show(const event::TaskScheduleFailed& e) { failure(task(e.label, "ScheduleFailed"), e.failure); }
  void show(const event::TaskSucceeded& e) { data(task(e.label, "Succeeded"), "output", e.output); }
  void show(const event::TaskFailed& e) { failure(task(e.label, "Failed"), e.failure); }
  void show(const event::TaskTimedOut& e) { failure(task(e.label, "TimedOut"), e.failure); }

  void show(const event::BranchesOpened&) { type("ParallelStateStarted"); }
  void show(const event::MapStarted& e) {
    type("MapStateStarted");
    details("mapStateStartedEventDetails")["length"] = e.length;
  }
  void iteration(const char* what, const char* member, const std::string& state, std::uint32_t index) {
    type(std::string("MapIteration") + what);
    details(member) = {{"name", state}, {"index", index}};
  }
  void show(const event::IterationStarted& e) {
    iteration("Started", "mapIterationStartedEventDetails", e.state, e.index);
  }
  void show(const event::IterationSucceeded& e) {
    iteration("Succeeded", "mapIterationSucceededEventDetails", e.state, e.index);
  }
  void show(const event::IterationFailed& e) {
    iteration("Failed", "mapIterationFailedEventDetails", e.state, e.index);
  }
  void show(const event::IterationAborted& e) {
    iteration("Aborted", "mapIterationAbortedEventDetails", e.state, e.index);
  }
  void show(const event::JoinSucceeded& e) { type(e.type + "StateSucceeded"); }
  void show(const event::JoinFailed& e) { type(e.type + "StateFailed"); }

  // Not part of AWS's history: their history_id is 0.
  void show(const event::TimerArmed&) {}
  void show(const event::RetryPlanned&) {}
  void show(const event::TaskBeat&) {}
  void show(const event::TaskRestarted&) {}
  void show(const event::FrameFinished&) {}
  void show(const event::FrameFailed&) {}

  const Event& event_;
  bool with_data_;
  Json row_;
};

}  // namespace

Json history_of(const Event& event, Payloads data) { return View(event, data).run(); }

}  // namespace stepd::core
