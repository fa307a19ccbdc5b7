#include "sim/node_ledger.h"

#include "engine/core/codec.h"
#include "engine/core/token.h"
#include "engine/run/journal.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

namespace event = core::event;
using storage::ExecutionStatus;

constexpr std::size_t kAll = 100'000;

template <class... Bodies>
bool is_any_of(const core::EventBody& body) {
  return (std::holds_alternative<Bodies>(body) || ...);
}

bool ends_execution(const core::EventBody& body) {
  return is_any_of<event::ExecutionSucceeded, event::ExecutionFailed, event::ExecutionTimedOut,
                   event::ExecutionAborted>(body);
}

/// It may be gone, with its state machine.
bool may_be_gone(const std::string& arn) {
  return arn.find(std::string(":") + NodeLedger::kFleeting + ":") != std::string::npos;
}

std::string shown_status(ExecutionStatus status) { return std::to_string(static_cast<int>(status)); }

}  // namespace

std::vector<std::pair<const char*, std::uint64_t*>> NodeTally::counts() {
  return {{"crashes", &crashes},
          {"drains", &drains},
          {"faults", &faults},
          {"lost_writes", &lost_writes},
          {"jumps", &jumps},
          {"unreadable", &unreadable},
          {"starts", &starts},
          {"repeated_starts", &repeated_starts},
          {"refused_starts", &refused_starts},
          {"stops", &stops},
          {"redrives", &redrives},
          {"express_ends", &express_ends},
          {"answers", &answers},
          {"late_answers", &late_answers},
          {"handed_over", &handed_over},
          {"children", &children},
          {"unavailable", &unavailable},
          {"ended", &ended},
          {"succeeded", &succeeded},
          {"oracle", &oracle}};
}

void NodeTally::add(NodeTally& other) {
  const auto theirs = other.counts();
  auto ours = counts();
  for (std::size_t i = 0; i < ours.size(); ++i) *ours[i].second += *theirs[i].second;
}

// ---- time and processes ---------------------------------------------------------------------------------------------

void NodeLedger::time_passed() { latest_ = std::max(latest_, clock_->now()); }

void NodeLedger::process_began(const storage::Store& store) {
  time_passed();
  ++process_;
  reader_ = &store.reader();
  express_.clear();
  dues_.clear();
  decided_.clear();
  execution_dues_.clear();
  store.load_open(
      [&](const storage::OpenExecution& open) {
        const auto restored = run::restore(open, *reader_);
        const auto folded = fold(open.record, *reader_);
        if (restored.awaited() != folded.awaited() || restored.next_ready() != folded.next_ready())
          break_promise("what is stored of " + open.record.arn + " awaits something else than its history says");
        for (const auto& [id, frame] : restored.frames()) note_dues(restored, id);
      },
      [](auto&&...) {});
}

std::size_t NodeLedger::open_reply(std::string what) {
  replies_.push_back({std::move(what), process_});
  return replies_.size() - 1;
}

void NodeLedger::reply_came(std::size_t number) {
  auto& reply = replies_[number];
  if (reply.process != process_) break_promise(reply.what + " is answered by a process that is dead");
  if (++reply.came > 1) break_promise(reply.what + " is answered twice");
}

void NodeLedger::check_replies() {
  for (const auto& reply : replies_) {
    if (reply.process == process_ && reply.came == 0) break_promise(reply.what + " is never answered");
  }
}

// ---- starts and their ends ------------------------------------------------------------------------------------------

void NodeLedger::start_asked(const std::string& arn, const run::StartExecution& request) {
  known_[arn].inputs.insert(request.input);
}

void NodeLedger::start_answered(const std::string& arn, const run::StartExecution& request,
                                const run::Answer<run::StartedExecution>& answer) {
  const auto record = reader_->execution(arn);
  if (!record && may_be_gone(arn)) return;
  auto& known = known_[arn];
  if (!answer.has_value()) {
    if (answer.error().code != run::RefusalCode::ExecutionAlreadyExists) return;
    ++tally.refused_starts;
    if (!record) return break_promise("the start of " + arn + " is refused as if there were one already");
    if (record->status == ExecutionStatus::Running && record->input == request.input && !unreadable_.contains(arn) &&
        record->redrive_count == 0)
      break_promise("the same start of " + arn + " is refused while it runs");
    return;
  }
  if (answer->arn != arn) return break_promise("the start of " + arn + " is answered by " + answer->arn);
  if (!record) return break_promise("the start of " + arn + " is acknowledged and not stored");
  if (record->started_at != answer->started_at)
    break_promise("the start of " + arn + " is told and stored at two times");
  if (record->input != request.input) break_promise("the start of " + arn + " is stored with another input");
  if (known.started_at && known.started_at != answer->started_at)
    break_promise("the start of " + arn + " is told twice");
  known.started_at ? ++tally.repeated_starts : ++tally.starts;
  known.started_at = answer->started_at;
  known.input = request.input;
}

void NodeLedger::child_started(const run::Answer<run::StartedExecution>& answer) {
  if (!answer.has_value()) return;
  ++tally.children;
  if (answer->arn.find(":express:") != std::string::npos) return;
  const auto record = reader_->execution(answer->arn);
  if (!record) return break_promise("the start of " + answer->arn + " is acknowledged and not stored");
  known_[answer->arn].started_at = record->started_at;
  known_[answer->arn].input = record->input;
}

void NodeLedger::stopped(const run::StopExecution& request, const run::Answer<run::StoppedExecution>& answer) {
  if (!answer.has_value()) return;
  ++tally.stops;
  const auto record = reader_->execution(request.execution_arn);
  if (!record && may_be_gone(request.execution_arn)) return;
  if (!record) return break_promise(request.execution_arn + " is stopped and not stored");
  if (record->redrive_count > 0) return;  // it may run again by now
  if (record->stopped_at != answer->stopped_at)
    break_promise("the stop of " + request.execution_arn + " is acknowledged and not stored");
}

void NodeLedger::redriven(const run::RedriveExecution& request, const run::Answer<run::RedrivenExecution>& answer) {
  if (!answer.has_value()) return;
  ++tally.redrives;
  const auto record = reader_->execution(request.execution_arn);
  if (!record && may_be_gone(request.execution_arn)) return;
  if (!record || record->redrive_count == 0)
    return break_promise("the redrive of " + request.execution_arn + " is acknowledged and not stored");
  auto& known = known_[request.execution_arn];
  if (known.redrives && *known.redrives > record->redrive_count)
    break_promise("a redrive of " + request.execution_arn + " is undone");
  known.redrives = record->redrive_count;
}

// ---- tasks ----------------------------------------------------------------------------------------------------------

void NodeLedger::task_called(const run::TaskCall& call) {
  if (call.attempt.starts_with("express-")) return;
  const storage::ExecutionId id{std::stoll(call.attempt)};
  const auto stored = reader_->events(id, call.origin.token, 1, false);
  if (stored.empty() || stored.front().number != call.origin.token)
    return break_promise("the task " + call.attempt + " is called before its scheduling is stored");
  run::ExecutionPayloads payloads(*reader_, id);
  if (!std::holds_alternative<event::TaskScheduled>(core::decode_event(stored.front().data, payloads).body))
    break_promise("the task " + call.attempt + " is called and was never scheduled");
}

const NodeLedger::PureTask* NodeLedger::pure_task(const core::ParentLink& task) const {
  const auto found = pure_.find({task.execution_arn, task.token});
  return found == pure_.end() ? nullptr : &found->second;
}

Payload NodeLedger::offered(const core::ParentLink& task, Payload output) {
  offered_[{task.execution_arn, task.token}].insert(output.text());
  return output;
}

void NodeLedger::token_given(const std::string& token) {
  if (std::find(tokens_.begin(), tokens_.end(), token) == tokens_.end()) tokens_.push_back(token);
}

void NodeLedger::handed_over(const run::ActivityTask& task) {
  if (task.token.empty()) return;
  ++tally.handed_over;
  token_given(task.token);
  const auto token = core::read_task_token(task.token);
  const auto record = reader_->execution(token->execution_arn);
  if (!record && may_be_gone(token->execution_arn)) return;
  if (!record) return break_promise("a task of " + token->execution_arn + " is handed over and not stored");
  run::ExecutionPayloads payloads(*reader_, record->id);
  for (const auto& stored : reader_->events(record->id, token->number, kAll, false)) {
    const auto one = core::decode_event(stored.data, payloads);
    if (one.frame == token->frame && std::holds_alternative<event::TaskStarted>(one.body)) return;
  }
  break_promise("a task of " + token->execution_arn + " is handed over before that is stored");
}

bool NodeLedger::settles_stored(const std::string& arn, core::EventNumber number, const std::string* output) const {
  const auto record = reader_->execution(arn);
  if (!record) return may_be_gone(arn);
  run::ExecutionPayloads payloads(*reader_, record->id);
  std::optional<core::FrameId> frame;
  for (const auto& stored : reader_->events(record->id, number, kAll, false)) {
    const auto one = core::decode_event(stored.data, payloads);
    if (!frame) frame = one.frame;
    if (one.frame != *frame) continue;
    if (output == nullptr && std::holds_alternative<event::TaskFailed>(one.body)) return true;
    const auto* succeeded = std::get_if<event::TaskSucceeded>(&one.body);
    if (output != nullptr && succeeded != nullptr) return succeeded->output.text() == *output;
  }
  return false;
}

void NodeLedger::task_answered(const run::AnswerTask& request, const run::Answer<std::monostate>& answer) {
  if (std::holds_alternative<run::AnswerTask::Heartbeat>(request.answer)) return;
  const auto token = core::read_task_token(request.token);
  if (!answer.has_value()) {
    if (answer.error().code != run::RefusalCode::TaskTimedOut) return;
    ++tally.late_answers;
    return;
  }
  ++tally.answers;
  if (!accepted_.insert(request.token).second)
    break_promise("a task of " + token->execution_arn + " is answered twice");
  const auto* success = std::get_if<run::AnswerTask::Success>(&request.answer);
  if (!settles_stored(token->execution_arn, token->number, success == nullptr ? nullptr : &success->output))
    break_promise("an answer to a task of " + token->execution_arn + " is accepted and not stored");
}

// ---- what turns record ----------------------------------------------------------------------------------------------

void NodeLedger::recorded(const core::Execution& execution, const core::Event& event) {
  const auto& arn = execution.identity().arn;
  decided_.insert_or_assign(arn, ClockReading(*clock_));
  check_timers(execution, event);
  check_concurrency(execution, event);
  if (std::holds_alternative<event::TaskScheduled>(event.body) &&
      execution.identity().state_machine_name.starts_with(kPure)) {
    const auto& frame = execution.frame(event.frame);
    pure_[{arn, event.number}] = {frame.state, static_cast<int>(frame.retry_count)};
  }
  if (arn.find(":express:") == std::string::npos) return;
  if (std::holds_alternative<event::ExecutionStarted>(event.body)) express_.insert(arn);
  if (ends_execution(event.body)) express_.erase(arn);
}

bool NodeLedger::has_come(const Dues& dues, core::Awaited::Kind kind) const {
  const auto found = dues.find(kind);
  if (found == dues.end()) return false;
  return found->second.absolute ? latest_ >= found->second.due : clock_->steady() >= found->second.comes;
}

void NodeLedger::check_timers(const core::Execution& execution, const core::Event& event) {
  using Kind = core::Awaited::Kind;
  const auto& arn = execution.identity().arn;
  const auto early = [&](const char* what) { break_promise(std::string(what) + " of " + arn + " comes early"); };
  if (std::holds_alternative<event::ExecutionTimedOut>(event.body) &&
      !has_come(execution_dues_[arn], Kind::ExecutionTimeout))
    early("the time-out");
  const auto& dues = dues_[{arn, event.frame}];
  if (std::holds_alternative<event::TaskTimedOut>(event.body) && !has_come(dues, Kind::TaskTimeout) &&
      !has_come(dues, Kind::TaskHeartbeat))
    early("the time-out of a task");
  if (is_any_of<event::StateExited, event::TaskScheduled, event::BranchesOpened, event::MapStarted>(event.body) &&
      dues.contains(Kind::Timer) && !has_come(dues, Kind::Timer))
    early("a timer");
}

void NodeLedger::note_due(Dues& noted, const Dues& before, core::Awaited::Kind kind, Instant due, bool absolute,
                          const ClockReading& as_of) {
  const auto known = before.find(kind);
  const bool same = known != before.end() && known->second.due == due;
  noted[kind] = same ? known->second : Due{due, as_of.steady_at(due), absolute};
}

void NodeLedger::note_dues(const core::Execution& execution, core::FrameId frame) {
  using Kind = core::Awaited::Kind;
  const auto& arn = execution.identity().arn;
  // The clock may be set between the decision and the commit: a time keeps the length that it was decided with.
  const auto decided = decided_.find(arn);
  const auto as_of = decided != decided_.end() ? decided->second : ClockReading(*clock_);
  if (execution.times_out_at()) {
    note_due(execution_dues_[arn], execution_dues_[arn], Kind::ExecutionTimeout, *execution.times_out_at(), false,
             as_of);
  }
  Dues noted;
  auto& before = dues_[{arn, frame}];
  for (const auto& awaited : execution.awaited(frame)) {
    if (awaited.kind == Kind::Timer || awaited.kind == Kind::TaskTimeout || awaited.kind == Kind::TaskHeartbeat)
      note_due(noted, before, awaited.kind, awaited.due, awaited.absolute, as_of);
  }
  before = std::move(noted);
}

void NodeLedger::committed(const run::HeardTurn& turn) {
  for (const auto& one : turn.events) note_dues(turn.execution, one.frame);
}

void NodeLedger::check_concurrency(const core::Execution& execution, const core::Event& event) {
  if (express_.size() > kExpressAtOnce) break_promise("too many EXPRESS executions run at once");
  if (!std::holds_alternative<event::IterationStarted>(event.body)) return;
  const auto* frame = execution.find(event.frame);
  const auto* map = frame == nullptr ? nullptr : std::get_if<core::AwaitingFrames>(&frame->standing);
  if (map != nullptr && map->max_concurrency > 0 && map->opened - map->finished > map->max_concurrency)
    break_promise("too many iterations of " + execution.identity().arn + " run at once");
}

// ---- what is stored -------------------------------------------------------------------------------------------------

void NodeLedger::look(const storage::Reader& reader) {
  storage::ExecutionQuery all;
  all.limit = kAll;
  for (const auto& summary : reader.executions(all)) {
    auto& known = known_[summary.arn];
    const auto next = static_cast<std::uint32_t>(known.events.size()) + 1;
    for (auto& stored : reader.events(summary.id, next, kAll, false)) {
      if (stored.number != known.events.size() + 1) break_promise("the journal of " + summary.arn + " has a gap");
      known.events.push_back(std::move(stored.data));
    }
    if (known.ended && known.ended->redrives == summary.redrive_count &&
        (known.ended->status != summary.status || known.ended->at != summary.stopped_at))
      break_promise(summary.arn + " had ended and has changed");
    if (summary.status != ExecutionStatus::Running)
      known.ended = Ended{summary.status, summary.stopped_at, summary.redrive_count};
  }
}

void NodeLedger::check_finally(const storage::Reader& reader) {
  look(reader);
  storage::ExecutionQuery all;
  all.limit = kAll;
  const auto stored = reader.executions(all);
  std::map<std::string, const storage::ExecutionSummary*> by_arn;
  for (const auto& summary : stored) {
    if (!by_arn.emplace(summary.arn, &summary).second) break_promise(summary.arn + " is stored twice");
  }
  for (const auto& [arn, known] : known_) {
    if (known.started_at && !by_arn.contains(arn) && !may_be_gone(arn))
      break_promise(arn + " was acknowledged and is not stored");
  }
  for (const auto& summary : stored) check_history(summary, reader);
}

void NodeLedger::check_history(const storage::ExecutionSummary& summary, const storage::Reader& reader) {
  const auto& arn = summary.arn;
  const auto& known = known_[arn];
  const auto record = *reader.execution(arn);
  if (known.started_at && (record.started_at != *known.started_at || record.input != known.input))
    break_promise(arn + " is not as it was acknowledged");
  const auto events = reader.events(summary.id, 1, kAll, false);
  if (events.size() != known.events.size()) break_promise("the journal of " + arn + " has become shorter");

  core::Execution folded;
  run::ExecutionPayloads payloads(reader, summary.id);
  std::map<core::FrameId, core::EventNumber> scheduled;
  std::uint32_t last_id = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (i < known.events.size() && events[i].data != known.events[i])
      break_promise("the journal of " + arn + " has been rewritten");
    const auto one = core::decode_event(events[i].data, payloads);
    if (events[i].number != i + 1 || one.number != i + 1) break_promise("the journal of " + arn + " has a gap");
    if (one.history_id != 0) {
      if (one.history_id != last_id + 1 || one.previous_id > last_id)
        return break_promise("the history of " + arn + " has a gap before " + std::to_string(one.history_id));
      last_id = one.history_id;
    }
    if (std::holds_alternative<event::TaskScheduled>(one.body)) scheduled[one.frame] = one.number;
    if (const auto* started = std::get_if<event::ExecutionStarted>(&one.body); started != nullptr) {
      const bool asked = known.inputs.contains(record.input);
      if (!asked && !started->identity.parent) break_promise(arn + " was never asked for");
    }
    if (is_any_of<event::TaskSucceeded, event::TaskFailed, event::TaskTimedOut>(one.body)) {
      const auto task = scheduled.find(one.frame);
      if (task == scheduled.end()) {
        break_promise("a task of " + arn + " is settled twice");
      } else {
        check_result(arn, task->second, one, *folded.find(one.frame), reader);
        scheduled.erase(task);
      }
    }
    core::absorb(folded, one);
  }
  check_end(record, folded);
}

void NodeLedger::check_result(const std::string& arn, core::EventNumber token, const core::Event& event,
                              const core::Frame& frame, const storage::Reader& reader) {
  const auto* succeeded = std::get_if<event::TaskSucceeded>(&event.body);
  if (succeeded == nullptr) return;
  const auto& child_arn = std::get<core::AwaitingTask>(frame.standing).child;
  const auto text = succeeded->output.text();
  const auto offered = offered_.find({arn, token});
  if (offered != offered_.end() && offered->second.contains(text)) return;
  if (child_arn.empty()) return break_promise("a task of " + arn + " has a result that nobody gave");
  const auto child = reader.execution(child_arn);
  if (!child || child->redrive_count > 0) return;
  const Json told = succeeded->output.json();
  if (child->status != ExecutionStatus::Succeeded || told["ExecutionArn"] != child_arn)
    return break_promise(arn + " was told of a success that " + child_arn + " has not had");
  const Json output = Json::parse(*child->output);
  if (told["Output"] != output && told["Output"] != Json(*child->output))
    break_promise(arn + " was told of another output than " + child_arn + " has");
}

std::vector<std::string> NodeLedger::awaited_children(const storage::ExecutionSummary& execution) const {
  std::vector<std::string> children;
  const auto folded = fold(execution, *reader_);
  for (const auto& [id, frame] : folded.frames()) {
    const auto* task = std::get_if<core::AwaitingTask>(&frame.standing);
    if (task != nullptr && !task->child.empty()) children.push_back(task->child);
  }
  return children;
}

core::Execution NodeLedger::fold(const storage::ExecutionSummary& summary, const storage::Reader& reader) const {
  core::Execution folded;
  run::ExecutionPayloads payloads(reader, summary.id);
  for (const auto& stored : reader.events(summary.id, 1, kAll, false))
    core::absorb(folded, core::decode_event(stored.data, payloads));
  return folded;
}

void NodeLedger::check_end(const storage::ExecutionRecord& record, const core::Execution& folded) {
  const auto& arn = record.arn;
  if (run::stored_status(folded.status()) != record.status)
    return break_promise("the history of " + arn + " makes the status " +
                         shown_status(run::stored_status(folded.status())) + ", and stored is " +
                         shown_status(record.status));
  if (record.status == ExecutionStatus::Running) return;
  ++tally.ended;
  if (record.status == ExecutionStatus::Succeeded) ++tally.succeeded;
  const auto output = folded.output() ? std::optional(std::string(folded.output()->text())) : std::nullopt;
  // As DescribeExecution, which shows neither of a TIMED_OUT execution.
  const auto failure = record.status == ExecutionStatus::TimedOut ? core::Failure{} : folded.failure();
  if (output != record.output || failure != core::Failure{record.error, record.cause} ||
      folded.stopped_at() != record.stopped_at)
    break_promise("the history of " + arn + " makes another end than is stored");
}

}  // namespace stepd::test
