#include "traces/span_book.h"

#include "base/whole_characters.h"
#include "engine/core/execution.h"
#include "engine/core/status_name.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace stepd::traces {
namespace {

using core::FrameId;

/// A cause may be large; the rest of it is in the execution.
constexpr std::size_t kDescriptionBytes = 1'000;

std::string shortened(const std::string& text) {
  if (text.size() <= kDescriptionBytes) return text;
  return std::string(whole_characters(text, kDescriptionBytes)) + "...";
}

void add_error(Span& span, const core::Failure& failure) {
  span.error = shortened(failure.cause.value_or(""));
  span.attributes.emplace_back("error.type", shortened(failure.error.value_or("_OTHER")));
}

}  // namespace

class SpanBook::Chapter {
 public:
  Chapter(const run::HeardTurn& turn, TraceHeader header) : arn_(turn.execution.identity().arn) {
    trace_id_ = std::move(header.trace_id);
    caller_ = std::move(header.parent_id);
    begin(turn.execution.redrive_count(), turn.execution.redriven_at().value_or(turn.execution.started_at()));
    const auto& first = turn.events.front().body;
    const bool whole = std::holds_alternative<core::event::ExecutionStarted>(first);
    if (!whole) adopt(turn.execution);
  }

  /// Answers the spans that have ended.
  std::vector<Span> hear(const run::HeardTurn& turn) {
    for (const auto& event : turn.events) {
      event_ = &event;
      std::visit([this](const auto& body) { apply(body); }, event.body);
    }
    if (turn.execution.status() != core::Status::Running) end(turn);
    return std::exchange(ended_, {});
  }

  std::uint64_t left_out() const { return left_out_; }

 private:
  struct OpenTask {
    std::uint32_t token = 0;
    core::TaskLabel label;
    Instant scheduled;
  };
  struct OpenState {
    std::string span_id;
    std::string parent_id;
    std::string name;
    std::string type;
    Instant entered;
    std::int64_t retries = 0;
    std::optional<core::Failure> failure = {};  ///< the last one, which may have been caught
    std::optional<OpenTask> task = {};
    std::vector<std::uint32_t> openings = {};  ///< ids of the events that opened branches and iterations beneath
  };

  void begin(std::uint32_t redrives, Instant at) {
    span_id_ = run::span_id(arn_, run::SpanOf::Execution, redrives);
    started_ = at;
  }

  /// The states in which the execution is, without the time of their tasks.
  void adopt(const core::Execution& execution) {
    for (const auto& [id, frame] : execution.frames()) {
      if (frame.entered_id == 0 || frames_.size() >= kOpenMax) continue;
      OpenState state;
      state.span_id = run::span_id(arn_, run::SpanOf::State, frame.entered_id);
      const auto* parent = frame.parent ? execution.find(*frame.parent) : nullptr;
      state.parent_id = parent != nullptr ? run::span_id(arn_, run::SpanOf::State, parent->entered_id) : span_id_;
      state.name = frame.state;
      state.entered = frame.entered_at;
      parents_[id] = state.parent_id;
      frames_.emplace(id, std::move(state));
    }
  }

  OpenState* open() {
    const auto found = frames_.find(event_->frame);
    return found == frames_.end() ? nullptr : &found->second;
  }

  Span span(std::string id, std::string parent, std::string name, Instant start) const {
    Span made;
    made.trace_id = trace_id_;
    made.span_id = std::move(id);
    made.parent_id = std::move(parent);
    made.name = std::move(name);
    made.start = start;
    made.end = std::max(start, event_->at);  // the date may have been set back
    return made;
  }

  void hand_on(Span made) {
    if (handed_on_ >= kSpansPerExecution) {
      ++left_out_;
      return;
    }
    ++handed_on_;
    ended_.push_back(std::move(made));
  }

  void close_state(FrameId id, const core::Failure* failure) {
    const auto found = frames_.find(id);
    if (found == frames_.end()) return;
    auto& state = found->second;
    close_task(state, failure);
    auto made = span(std::move(state.span_id), std::move(state.parent_id), state.name, state.entered);
    made.attributes = {{"stepd.execution.arn", arn_}, {"stepd.state.name", std::move(state.name)}};
    if (!state.type.empty()) made.attributes.emplace_back("stepd.state.type", std::move(state.type));
    if (state.retries > 0) made.attributes.emplace_back("stepd.state.retries", state.retries);
    if (failure != nullptr) {
      add_error(made, *failure);
    } else if (state.failure) {
      made.attributes.emplace_back("stepd.state.caught_error", shortened(state.failure->error.value_or("")));
    }
    for (const auto opening : state.openings) openings_.erase(opening);
    frames_.erase(found);
    hand_on(std::move(made));
  }

  void close_task(OpenState& state, const core::Failure* failure) {
    if (!state.task) return;
    const auto task = *std::exchange(state.task, std::nullopt);
    auto made =
        span(run::span_id(arn_, run::SpanOf::Task, task.token), state.span_id, task.label.resource, task.scheduled);
    made.kind = Span::Kind::Client;
    if (!task.label.type.empty()) made.attributes.emplace_back("stepd.task.resource_type", task.label.type);
    made.attributes.emplace_back("stepd.task.attempt", state.retries + 1);
    if (failure != nullptr) add_error(made, *failure);
    hand_on(std::move(made));
  }

  void task_ended(const core::Failure* failure) {
    auto* state = open();
    if (state == nullptr) return;
    close_task(*state, failure);
    if (failure != nullptr) state->failure = *failure;
  }

  void note_opening() {
    auto* state = open();
    if (state == nullptr || event_->history_id == 0) return;
    if (openings_.size() >= kOpenMax) {
      ++left_out_;
      return;
    }
    openings_.emplace(event_->history_id, state->span_id);
    state->openings.push_back(event_->history_id);
  }

  std::string parent_of_entered() {
    const auto known = parents_.find(event_->frame);
    if (known != parents_.end()) return known->second;
    const auto opening = openings_.find(event_->previous_id);
    const auto& parent = opening == openings_.end() ? span_id_ : opening->second;
    if (event_->frame != core::kRootFrame && parents_.size() < kOpenMax) parents_.emplace(event_->frame, parent);
    return parent;
  }

  void apply(const core::event::StateEntered& body) {
    if (frames_.size() >= kOpenMax) {
      ++left_out_;
      return;
    }
    OpenState state;
    state.span_id = run::span_id(arn_, run::SpanOf::State, event_->history_id);
    state.parent_id = parent_of_entered();
    state.name = body.state;
    state.type = body.type;
    state.entered = event_->at;
    frames_.insert_or_assign(event_->frame, std::move(state));
  }
  void apply(const core::event::StateExited&) { close_state(event_->frame, nullptr); }
  void apply(const core::event::StateAborted&) {
    const core::Failure aborted{"stepd.Aborted", "The state was ended from outside."};
    close_state(event_->frame, &aborted);
    parents_.erase(event_->frame);
  }
  void apply(const core::event::RetryPlanned&) {
    if (auto* state = open(); state != nullptr) ++state->retries;
  }
  void apply(const core::event::TaskScheduled& body) {
    if (auto* state = open(); state != nullptr) state->task = OpenTask{event_->number, body.label, event_->at};
  }
  void apply(const core::event::TaskSucceeded&) { task_ended(nullptr); }
  void apply(const core::event::TaskFailed& body) { task_ended(&body.failure); }
  void apply(const core::event::TaskTimedOut& body) { task_ended(&body.failure); }
  void apply(const core::event::TaskScheduleFailed& body) { task_ended(&body.failure); }
  void apply(const core::event::EvaluationFailed& body) {
    if (auto* state = open(); state != nullptr) state->failure = body.failure;
  }
  void apply(const core::event::BranchesOpened&) { note_opening(); }
  void apply(const core::event::IterationStarted&) { note_opening(); }
  void apply(const core::event::FrameFinished&) { parents_.erase(event_->frame); }
  void apply(const core::event::FrameFailed& body) {
    close_state(event_->frame, &body.failure);
    parents_.erase(event_->frame);
  }
  void apply(const core::event::ExecutionRedriven& body) {
    frames_.clear();
    openings_.clear();
    parents_.clear();
    begin(body.count, body.at);
  }
  template <class Other>
  void apply(const Other&) {}

  void end(const run::HeardTurn& turn) {
    const auto status = turn.execution.status();
    const bool good = status == core::Status::Succeeded;
    while (!frames_.empty()) close_state(frames_.rbegin()->first, good ? nullptr : &turn.execution.failure());
    auto made = span(span_id_, caller_, turn.execution.identity().state_machine_name, started_);
    made.kind = Span::Kind::Server;
    made.attributes = {{"aws.step_functions.state_machine.arn", turn.execution.identity().state_machine_arn},
                       {"stepd.execution.arn", arn_},
                       {"stepd.execution.status", std::string(core::status_name(status))}};
    if (const auto redrives = turn.execution.redrive_count(); redrives > 0) {
      made.attributes.emplace_back("stepd.execution.redrives", static_cast<std::int64_t>(redrives));
    }
    if (left_out_ > 0) made.attributes.emplace_back("stepd.spans_left_out", static_cast<std::int64_t>(left_out_));
    if (!good) add_error(made, turn.execution.failure());
    ended_.push_back(std::move(made));
  }

  const std::string arn_;
  std::string trace_id_;
  std::string caller_;  ///< the span of whoever started the execution; may be empty
  std::string span_id_;
  Instant started_{};
  const core::Event* event_ = nullptr;
  std::map<FrameId, OpenState> frames_;
  std::map<FrameId, std::string> parents_;         ///< span above the states of a branch or iteration
  std::map<std::uint32_t, std::string> openings_;  ///< event that opened branches or an iteration: span of its state
  std::vector<Span> ended_;
  std::uint32_t handed_on_ = 0;
  std::uint64_t left_out_ = 0;
};

SpanBook::SpanBook(run::TraceIds ids, std::function<void(std::vector<Span>)> sink)
    : ids_(ids), sink_(std::move(sink)) {}

SpanBook::~SpanBook() = default;

void SpanBook::committed(const run::HeardTurn& turn) {
  if (turn.events.empty()) return;
  const auto& arn = turn.execution.identity().arn;
  std::vector<Span> ended;
  {
    const MutexLock lock(mutex_);
    auto found = chapters_.find(arn);
    if (found == chapters_.end()) {
      auto header = ids_.of(arn, turn.trace_header);
      if (!*header.sampled) return;
      if (chapters_.size() >= kExecutionsMax) {
        ++left_out_;
        return;
      }
      found = chapters_.emplace(arn, std::make_unique<Chapter>(turn, std::move(header))).first;
    }
    ended = found->second->hear(turn);
    if (turn.execution.status() != core::Status::Running) {
      left_out_ += found->second->left_out();
      chapters_.erase(found);
    }
  }
  if (!ended.empty()) sink_(std::move(ended));
}

std::uint64_t SpanBook::left_out() const {
  const MutexLock lock(mutex_);
  return left_out_;
}

}  // namespace stepd::traces
