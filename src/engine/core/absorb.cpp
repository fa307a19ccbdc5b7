// The only writer of Execution. Every event type has one overload; none of them reads a clock, a definition or an
// expression, and none decides.
#include "base/assert.h"
#include "engine/core/execution.h"

namespace stepd::core {

class Absorption {
 public:
  Absorption(Execution& execution, const Event& event) : x_(execution), e_(event) {}

  void run() {
    STEPD_ASSERT(e_.number == x_.last_number_ + 1);
    x_.last_number_ = e_.number;
    if (e_.history_id != 0) {
      STEPD_ASSERT(e_.history_id == x_.last_history_id_ + 1);
      x_.last_history_id_ = e_.history_id;
    }
    std::visit([this](const auto& body) { apply(body); }, e_.body);
  }

 private:
  // ---- the whole execution ------------------------------------------------------------------------------------

  void apply(const event::ExecutionStarted& body) {
    x_.identity_ = body.identity;
    x_.input_ = body.input;
    x_.started_at_ = e_.at;
    x_.times_out_at_ = body.times_out_at;
    open_frame(std::nullopt, 0, body.first_state, body.input, 0);
  }
  void apply(const event::ExecutionSucceeded& body) {
    x_.output_ = body.output;
    end(Status::Succeeded, {});
  }
  void apply(const event::ExecutionFailed& body) { end(Status::Failed, body.failure); }
  void apply(const event::ExecutionTimedOut& body) { end(Status::TimedOut, body.failure); }
  void apply(const event::ExecutionAborted& body) { end(Status::Aborted, body.failure); }

  void apply(const event::ExecutionRedriven& body) {
    x_.status_ = Status::Running;
    x_.failure_ = {};
    x_.failed_state_.clear();
    x_.stopped_at_.reset();
    x_.times_out_at_ = body.times_out_at;
    x_.redrive_count_ = body.count;
    x_.redriven_at_ = body.at;
    for (const auto& frame : *body.frames) {
      x_.frames_.insert_or_assign(frame.id, frame);
      x_.variable_bytes_ += variable_bytes_of(frame);
      if (frame.parent) x_.children_[*frame.parent].push_back(frame.id);
      if (std::holds_alternative<Ready>(frame.standing)) x_.ready_.insert(frame.id);
      x_.changes_.cold.insert(frame.id);
      x_.changes_.hot.insert(frame.id);
      x_.changes_.dropped.erase(frame.id);
    }
  }

  void end(Status status, const Failure& failure) {
    x_.status_ = status;
    x_.failure_ = failure;
    if (status != Status::Succeeded) note_failed(kRootFrame);
    x_.stopped_at_ = e_.at;
    drop_descendants(kRootFrame);
    drop(kRootFrame);
  }

  // ---- states -------------------------------------------------------------------------------------------------

  void apply(const event::StateEntered& body) {
    Frame& frame = cold();
    frame.state = body.state;
    frame.input = body.input;
    frame.entered_at = e_.at;
    frame.entered_id = e_.history_id;
    frame.attempts.clear();
    frame.retry_count = 0;
    advance(frame);
  }
  void apply(const event::StateExited& body) {
    Frame& frame = cold();
    x_.failed_state_.clear();
    for (const auto& [name, value] : body.assigned) assign(frame, name, value);
    frame.input = body.output;
    frame.state = body.next;
    advance(frame);
    // With no next state the frame waits for the FrameFinished or Execution... event that follows in the same turn.
    if (body.next.empty())
      stand(frame, Finished{body.output});
    else
      stand(frame, Ready{});
  }
  void apply(const event::StateAborted&) {
    Frame& frame = hot();
    drop_descendants(frame.id);
    stand(frame, Finished{});
  }
  void apply(const event::TimerArmed& body) { stand(hot(), AwaitingTimer{body.due, e_.number, false, body.absolute}); }
  void apply(const event::RetryPlanned& body) {
    Frame& frame = hot();
    x_.failed_state_.clear();
    drop_descendants(frame.id);
    if (frame.attempts.size() <= body.retrier) frame.attempts.resize(body.retrier + 1);
    ++frame.attempts[body.retrier];
    ++frame.retry_count;
    stand(frame, AwaitingTimer{body.due, e_.number, true});
  }

  void apply(const event::EvaluationFailed&) { advance(hot()); }

  // ---- tasks --------------------------------------------------------------------------------------------------

  void apply(const event::TaskScheduled& body) {
    Frame& frame = cold();
    advance(frame);
    AwaitingTask task;
    task.token = e_.number;
    task.label = body.label;
    task.input = body.input;
    task.timeout_seconds = body.timeout_seconds;
    task.heartbeat_seconds = body.heartbeat_seconds;
    stand(frame, std::move(task));
  }
  void apply(const event::TaskStarted& body) {
    Frame& frame = hot();
    advance(frame);
    auto& task = awaited_task(frame);
    task.started = true;
    task.times_out_at = body.times_out_at;
    task.heartbeat_due = body.heartbeat_due;
  }
  void apply(const event::TaskRestarted& body) {
    auto& task = awaited_task(hot());
    task.times_out_at = body.times_out_at;
    task.heartbeat_due = body.heartbeat_due;
  }
  void apply(const event::TaskSubmitted& body) {
    Frame& frame = hot();
    advance(frame);
    auto& task = awaited_task(frame);
    task.submitted = true;
    task.child = body.child;
  }
  void apply(const event::TaskBeat& body) { awaited_task(hot()).heartbeat_due = body.heartbeat_due; }
  void apply(const event::TaskSucceeded&) { settle(); }
  void apply(const event::TaskFailed&) { settle(); }
  void apply(const event::TaskTimedOut&) { settle(); }
  void apply(const event::TaskScheduleFailed&) { settle(); }

  /// The task is answered; what follows from it comes in the same turn.
  void settle() {
    Frame& frame = hot();
    advance(frame);
    stand(frame, Finished{});
  }

  AwaitingTask& awaited_task(Frame& frame) {
    auto* task = std::get_if<AwaitingTask>(&frame.standing);
    STEPD_ASSERT(task != nullptr);
    return *task;
  }

  // ---- branches and iterations --------------------------------------------------------------------------------

  void apply(const event::BranchesOpened& body) {
    Frame& frame = cold();
    advance(frame);
    const auto count = static_cast<std::uint32_t>(body.first_states.size());
    stand(frame, AwaitingFrames{Payload(), count, count, 0, 0});
    for (std::uint32_t i = 0; i < count; ++i) open_frame(e_.frame, i, body.first_states[i], body.input, e_.history_id);
  }
  void apply(const event::MapStarted& body) {
    Frame& frame = cold();
    advance(frame);
    stand(frame, AwaitingFrames{body.items, body.length, 0, 0, body.max_concurrency});
  }
  void apply(const event::IterationStarted& body) {
    ++awaited_frames(hot()).opened;
    open_frame(e_.frame, body.index, body.first_state, body.input, e_.history_id);
  }
  void apply(const event::IterationSucceeded&) { parent_of(hot()).last_id = e_.history_id; }
  void apply(const event::IterationFailed&) {}
  void apply(const event::IterationAborted&) {}
  void apply(const event::FrameFinished& body) {
    Frame& frame = hot();
    stand(frame, Finished{body.output});
    Frame& parent = parent_of(frame);
    ++awaited_frames(parent).finished;
    parent.last_id = frame.last_id;
  }
  void apply(const event::FrameFailed&) {
    Frame& frame = hot();
    note_failed(frame.id);
    stand(frame, Finished{});
    parent_of(frame).last_id = frame.last_id;
  }
  void apply(const event::JoinSucceeded&) { join(); }
  void apply(const event::JoinFailed&) {
    join();
    advance(hot());
  }
  void join() {
    Frame& frame = hot();
    drop_descendants(frame.id);
    stand(frame, Finished{});
  }

  AwaitingFrames& awaited_frames(Frame& frame) {
    auto* frames = std::get_if<AwaitingFrames>(&frame.standing);
    STEPD_ASSERT(frames != nullptr);
    return *frames;
  }

  /// The failure goes outwards in the same turn, until it is caught or retried.
  void note_failed(FrameId id) {
    if (x_.failed_state_.empty()) x_.failed_state_ = x_.frames_.at(id).state;
  }

  // ---- the tree -----------------------------------------------------------------------------------------------

  void assign(Frame& frame, const std::string& name, const Payload& value) {
    x_.variable_bytes_ += value.size();
    const auto [place, fresh] = frame.variables.try_emplace(name, value);
    if (fresh) return;
    x_.variable_bytes_ -= place->second.size();
    place->second = value;
  }
  Frame& hot() {
    const auto found = x_.frames_.find(e_.frame);
    STEPD_ASSERT(found != x_.frames_.end());
    x_.changes_.hot.insert(e_.frame);
    return found->second;
  }
  Frame& cold() {
    x_.changes_.cold.insert(e_.frame);
    return hot();
  }
  Frame& parent_of(const Frame& frame) {
    STEPD_ASSERT(frame.parent.has_value());
    x_.changes_.hot.insert(*frame.parent);
    return x_.frames_.at(*frame.parent);
  }
  void advance(Frame& frame) {
    if (e_.history_id != 0) frame.last_id = e_.history_id;
  }
  void stand(Frame& frame, Standing standing) {
    if (std::holds_alternative<Ready>(standing))
      x_.ready_.insert(frame.id);
    else
      x_.ready_.erase(frame.id);
    frame.standing = std::move(standing);
  }

  void open_frame(std::optional<FrameId> parent, std::uint32_t index, const std::string& state, const Payload& input,
                  std::uint32_t last_id) {
    const FrameId id{x_.next_frame_++};
    Frame& frame = x_.frames_[id];
    frame.id = id;
    frame.parent = parent;
    frame.index = index;
    frame.state = state;
    frame.input = input;
    frame.last_id = last_id;
    stand(frame, Ready{});
    if (parent) x_.children_[*parent].push_back(id);
    x_.changes_.cold.insert(id);
    x_.changes_.hot.insert(id);
  }
  void drop_descendants(FrameId id) {
    const auto found = x_.children_.find(id);
    if (found == x_.children_.end()) return;
    const auto children = std::move(found->second);
    x_.children_.erase(found);
    for (const auto child : children) {
      drop_descendants(child);
      drop(child);
    }
  }
  void drop(FrameId id) {
    x_.ready_.erase(id);
    if (const auto found = x_.frames_.find(id); found != x_.frames_.end()) {
      x_.variable_bytes_ -= variable_bytes_of(found->second);
      x_.frames_.erase(found);
    }
    x_.changes_.cold.erase(id);
    x_.changes_.hot.erase(id);
    x_.changes_.dropped.insert(id);
  }

  Execution& x_;
  const Event& e_;
};

void absorb(Execution& execution, const Event& event) { Absorption(execution, event).run(); }

}  // namespace stepd::core
