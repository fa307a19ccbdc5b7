#include "sim/node_workload.h"

#include "engine/core/token.h"
#include "engine/run/arn.h"
#include "sim/node_machines.h"
#include "sim/oracle_comparison.h"
#include "sim/random_data_machine.h"

#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using storage::ExecutionStatus;
using storage::StateMachineType;

constexpr std::size_t kPeace = 20'000;  // what may happen in it
constexpr int kTries = 10;
constexpr int kAnswers = 2;  // in peace, for a token

/// What a test writes without caring for more than whether it came to be.
template <class T>
std::function<void(const run::Answer<T>&)> noting(const std::shared_ptr<std::optional<T>>& place) {
  return [place](const run::Answer<T>& answer) {
    if (answer.has_value()) *place = *answer;
  };
}

bool is_pure(const std::string& arn) { return arn.find(std::string(":") + NodeLedger::kPure) != std::string::npos; }

core::ParentLink task_of(const std::string& token) {
  const auto read = core::read_task_token(token);
  return {read->execution_arn, read->frame, read->number};
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

}  // namespace

NodeWorkload::NodeWorkload(std::uint64_t seed)
    : chance_(seed),
      is_large_(chance_.one_in(12)),
      node_(chance_.draw(UINT64_MAX), ledger_),
      events_(is_large_ ? 150 : 50),
      requests_(is_large_ ? 3 + chance_.draw(6) : 1 + chance_.draw(3)),
      crashes_(chance_.draw(is_large_ ? 4 : 2)) {
  chance_.one_in(12) ? make_pure_machine() : make_machines();
}

// ---- state machines -------------------------------------------------------------------------------------------------

void NodeWorkload::make_machines() {
  if (chance_.one_in(is_large_ ? 2 : 4)) {
    const auto created = std::make_shared<std::optional<run::CreatedActivity>>();
    for (int tries = 0; tries < kTries && !*created; ++tries) {
      if (node_.wants_restart() || tries == kTries / 2) node_.restart();
      node_.engine().create_activity({"work"}, ledger_.expect("the creation of an activity", noting(created)));
      node_.release();
    }
    if (*created) activity_ = (*created)->arn;
  }
  const std::vector<std::string> inputs{R"({"items":[1,2,3]})", R"({"items":[],"p":{"n":1}})"};
  if (chance_.one_in(is_large_ ? 2 : 8)) {
    const auto definition = random_node_machine(chance_, {.express = true, .depth = 0});
    create({"", true, false, definition.dump(), inputs}, "express");
  }
  // Each may start those that were made before it.
  std::vector<const char*> names{"parent"};
  if (is_large_ || chance_.one_in(3)) names.insert(names.begin(), "child");
  if (chance_.one_in(is_large_ ? 4 : 16)) names.push_back(NodeLedger::kFleeting);
  for (const auto* name : names) {
    NodeMachineOptions options{.activity = activity_};
    options.depth = is_large_ ? 2 : static_cast<int>(chance_.draw(4)) / 2;
    for (const auto& machine : machines_) options.children.push_back(machine.arn);
    create({"", false, false, random_node_machine(chance_, options).dump(), inputs}, name);
  }
}

void NodeWorkload::make_pure_machine() {
  auto made = random_data_machine(chance_.draw(1'000'000));
  // How a task is answered is not the oracle's business, and a worker that was never told of one keeps it for ever.
  replace_all(made.definition, "arn:aws:states:us-east-1:123456789012:activity:work", "function");
  replace_all(made.definition, "arn:aws:states:::lambda:invoke.waitForTaskToken", "function");
  create({"", false, true, made.definition, {made.input}}, NodeLedger::kPure);
}

void NodeWorkload::create(MadeMachine machine, const std::string& name) {
  const auto created = std::make_shared<std::optional<run::CreatedStateMachine>>();
  for (int tries = 0; tries < kTries && !*created; ++tries) {
    if (node_.wants_restart() || tries == kTries / 2) node_.restart();
    run::CreateStateMachine request{name, machine.definition, "arn:aws:iam::123456789012:role/r",
                                    machine.express ? StateMachineType::Express : StateMachineType::Standard};
    node_.engine().create_state_machine(
        std::move(request), [&, told = ledger_.expect("the creation of " + name, noting(created))](const auto& answer) {
          if (!answer.has_value() && answer.error().code == run::RefusalCode::InvalidDefinition)
            ledger_.break_promise("this is refused: " + answer.error().message + "\n" + machine.definition);
          told(answer);
        });
    node_.release();
  }
  if (!*created) return;
  machine.arn = (*created)->arn;
  machines_.push_back(std::move(machine));
}

// ---- chaos ----------------------------------------------------------------------------------------------------------

std::vector<std::string> NodeWorkload::run() {
  for (std::size_t events = 0; events < events_ && ledger_.broken.empty(); ++events) happen();
  node_.end_faults();
  if (node_.wants_restart() || chance_.one_in(3)) restart();
  if (ledger_.broken.empty() && !settle()) ledger_.break_promise("it never comes to rest" + what_is_open());
  if (ledger_.broken.empty()) {
    ledger_.check_finally(node_.reader());
    check_oracle();
  }
  return ledger_.broken;
}

void NodeWorkload::restart() {
  node_.restart();
  polls_ = 0;
  ledger_.look(node_.reader());
}

void NodeWorkload::happen() {
  const auto what = chance_.draw(100);
  if (node_.wants_restart()) return restart();
  if (what < 3 && crashes_ > 0) return --crashes_, restart();
  if (what < 12 && requests_ > 0) return --requests_, ask();
  if (what < 30 && node_.services().answer_one()) return;
  if (what < 36 && answer_task(false)) return;
  if (what < 38 && !activity_.empty() && polls_ < 2) return poll();
  if (what < 46) return node_.release();
  if (what < 52 && node_.pass_time()) return;
  if (what < 53) return node_.jump();
  if (!node_.run_one()) node_.pass_time();
}

void NodeWorkload::ask() {
  if (machines_.empty()) return;
  switch (chance_.draw(10)) {
    case 0:
      return stop();
    case 1:
      return redrive();
    case 2:
      return change_machine();
    default:
      return start();
  }
}

void NodeWorkload::start() {
  // Those who start others come last.
  auto& machine = chance_.one_in(2) ? machines_.back() : chance_.pick(machines_);
  run::StartExecution request;
  request.state_machine_arn = machine.arn + machine.qualifier;
  request.input = chance_.pick(machine.inputs);
  if (machine.express) {
    if (chance_.one_in(2)) {
      node_.engine().start_sync_execution(
          request, ledger_.expect<run::EndedExecution>("a synchronous start", [this](const auto& answer) {
            if (answer.has_value()) ++ledger_.tally.express_ends;
          }));
    } else {
      request.answer_at_end = chance_.one_in(2);
      node_.engine().start_execution(request, ledger_.expect<run::StartedExecution>("an EXPRESS start"));
    }
    return;
  }
  static const std::array<std::string, 3> kNames{"a", "b", "shared"};
  request.name = machine.pure ? "test" : chance_.pick(kNames);
  const auto arn = run::execution_arn(machine.arn, *request.name);
  ledger_.start_asked(arn, request);
  node_.engine().start_execution(
      request, ledger_.expect<run::StartedExecution>("the start of " + arn, [this, arn, request](const auto& answer) {
        ledger_.start_answered(arn, request, answer);
      }));
}

std::string NodeWorkload::some_execution() {
  storage::ExecutionQuery all;
  auto executions = node_.reader().executions(all);
  std::erase_if(executions, [](const auto& each) { return is_pure(each.arn); });
  return executions.empty() ? "" : chance_.pick(executions).arn;
}

void NodeWorkload::stop() {
  const run::StopExecution request{some_execution(), "Enough", "of it"};
  if (request.execution_arn.empty()) return;
  node_.engine().stop_execution(request, ledger_.expect<run::StoppedExecution>("the stop of " + request.execution_arn,
                                                                               [this, request](const auto& answer) {
                                                                                 ledger_.stopped(request, answer);
                                                                               }));
}

void NodeWorkload::redrive() {
  run::RedriveExecution request{some_execution(), {}};
  if (request.execution_arn.empty()) return;
  if (chance_.one_in(2)) request.client_token = "again";
  node_.engine().redrive_execution(request,
                                   ledger_.expect<run::RedrivenExecution>(
                                       "the redrive of " + request.execution_arn,
                                       [this, request](const auto& answer) { ledger_.redriven(request, answer); }));
}

void NodeWorkload::change_machine() {
  auto& machine = chance_.pick(machines_);
  if (machine.pure) return;
  if (machine.arn.ends_with(std::string(":") + NodeLedger::kFleeting)) {
    node_.engine().delete_state_machine(machine.arn, ledger_.expect<std::monostate>("a deletion"));
    return;
  }
  if (machine.qualifier.starts_with(":1")) {
    run::CreateAlias alias{machine.arn, "now", "", {{1, 100}}};
    node_.engine().create_alias(alias, ledger_.expect<run::CreatedAlias>("an alias", [&machine](const auto& answer) {
      if (answer.has_value()) machine.qualifier = ":now";
    }));
    return;
  }
  const NodeMachineOptions options{.express = machine.express, .activity = activity_, .depth = 0};
  run::UpdateStateMachine update{machine.arn, random_node_machine(chance_, options).dump(), {}, {}, true};
  node_.engine().update_state_machine(
      update, ledger_.expect<run::UpdatedStateMachine>("an update", [&machine](const auto& answer) {
        if (answer.has_value() && answer->version != 0) machine.qualifier = ":" + std::to_string(answer->version);
      }));
}

void NodeWorkload::poll() {
  ++polls_;
  node_.engine().poll_activity({activity_, "worker"},
                               ledger_.expect<run::ActivityTask>("a poll", [this](const auto& answer) {
                                 --polls_;
                                 if (!answer.has_value()) return;
                                 ledger_.handed_over(*answer);
                                 if (!answer->token.empty() && chance_.one_in(6)) answer->lost();
                               }));
}

bool NodeWorkload::answer_task(bool well) {
  auto tokens = ledger_.tokens();
  if (well) {
    std::erase_if(tokens, [&](const auto& token) { return ledger_.is_answered(token) || tries_[token] >= kAnswers; });
  }
  if (tokens.empty()) return false;
  run::AnswerTask request{chance_.pick(tokens), run::AnswerTask::Heartbeat{}};
  if (well) ++tries_[request.token];
  if (well || chance_.one_in(2)) {
    const Payload output(Json{{"h", chance_.draw(1'000'000)}});
    ledger_.offered(task_of(request.token), output);
    request.answer = run::AnswerTask::Success{std::string(output.text())};
  } else if (chance_.one_in(2)) {
    request.answer = core::Failure{"Odd", "says the worker"};
  }
  node_.engine().answer_task(request,
                             ledger_.expect<std::monostate>("an answer to a task", [this, request](const auto& answer) {
                               ledger_.task_answered(request, answer);
                             }));
  return true;
}

// ---- peace ----------------------------------------------------------------------------------------------------------

bool NodeWorkload::settle() {
  for (std::size_t steps = 0; steps < kPeace && ledger_.broken.empty(); ++steps) {
    if (node_.wants_restart()) restart();
    if (node_.run_one() || node_.services().answer_one() || answer_task(true)) continue;
    if (has_ended()) return end_polls();
    if (end_unreadable()) continue;
    if (!activity_.empty() && polls_ == 0) {
      poll();
    } else if (!node_.pass_time()) {
      return false;
    }
  }
  return !ledger_.broken.empty();
}

bool NodeWorkload::has_ended() const {
  storage::ExecutionQuery open;
  open.status = ExecutionStatus::Running;
  return node_.reader().executions(open).empty() && !ledger_.runs_express();
}

std::string NodeWorkload::what_is_open() const {
  storage::ExecutionQuery open;
  open.status = ExecutionStatus::Running;
  std::string shown;
  for (const auto& execution : node_.reader().executions(open)) {
    shown += "\n" + execution.arn + " has " +
             std::to_string(node_.reader().events(execution.id, 1, SIZE_MAX, false).size()) + " events and awaits";
    for (const auto& awaited : ledger_.awaited(execution))
      shown += " " + std::to_string(static_cast<int>(awaited.kind)) + "@" +
               std::to_string((awaited.due - node_.clock().now()).count());
    for (const auto& child : ledger_.awaited_children(execution)) {
      const auto stored = node_.reader().execution(child);
      shown += "\n  its child " + child + " is " +
               (stored ? "stored as " + std::to_string(static_cast<int>(stored->status)) : "not stored");
    }
  }
  return shown;
}

bool NodeWorkload::end_polls() {
  node_.engine().end_polls();
  while (node_.run_one()) {
  }
  ledger_.check_replies();
  return true;
}

bool NodeWorkload::end_unreadable() {
  storage::ExecutionQuery open;
  open.status = ExecutionStatus::Running;
  for (const auto& execution : node_.reader().executions(open)) {
    if (!node_.is_unreadable(execution.id)) {
      if (execution.quarantined) ledger_.break_promise(execution.arn + " is quarantined for no reason");
      continue;
    }
    if (!stopped_.insert(execution.arn).second) continue;
    const run::StopExecution request{execution.arn, "Unreadable", {}};
    node_.engine().stop_execution(
        request,
        ledger_.expect<run::StoppedExecution>("the stop of " + execution.arn, [this, request](const auto& answer) {
          ledger_.stopped(request, answer);
          if (!answer.has_value())
            ledger_.break_promise(request.execution_arn + " cannot be stopped: " + answer.error().message);
        }));
    return true;
  }
  return false;
}

void NodeWorkload::check_oracle() {
  for (const auto& machine : machines_) {
    if (!machine.pure) continue;
    const auto record = node_.reader().execution(run::execution_arn(machine.arn, "test"));
    if (!record || record->status == ExecutionStatus::Aborted) continue;
    std::vector<oracle::Ending> allowed;
    try {
      allowed = oracle::run(machine.definition, record->input, "test", oracle_reply);
    } catch (const oracle::Undecided&) {
      continue;
    }
    ++ledger_.tally.oracle;
    const oracle::Ending seen =
        record->output ? oracle::Ending{comparable(*record->output)}
                       : oracle::Ending{std::nullopt, record->error.value_or(""), record->cause.value_or("")};
    if (std::none_of(allowed.begin(), allowed.end(), [&](const auto& ending) { return agree(ending, seen); }))
      ledger_.break_promise("the oracle does not allow this end: " + shown(seen) + " of " + machine.definition);
  }
}

}  // namespace stepd::test
