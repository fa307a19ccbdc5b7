#include "engine/core/turn.h"

#include "base/assert.h"
#include "base/limits.h"
#include "base/value/builder.h"
#include "base/value/edit.h"
#include "engine/asl/errors.h"
#include "engine/core/context.h"
#include "engine/core/retry.h"
#include "engine/core/state_type.h"
#include "engine/core/token.h"

#include <algorithm>

namespace stepd::core {
namespace {

/// splitmix64: neighbouring seeds give unrelated values.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ull;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

class FrameScope final : public asl::Scope {
 public:
  FrameScope(Turn& turn, FrameId frame, Value input, StatesMember member, std::optional<MapItem> item = std::nullopt)
      : turn_(turn), frame_(frame), input_(std::move(input)), member_(std::move(member)), item_(std::move(item)) {
    budget_.bytes = limits::kEvaluationBytes;
  }

  Value input() const override { return input_; }
  Value context() const override {
    if (!context_) context_ = turn_.context() ? given_context() : own_context();
    return *context_;
  }
  std::optional<Value> variable(std::string_view name) const override {
    for (const Frame* frame = &turn_.frame(frame_);; frame = &turn_.frame(*frame->parent)) {
      const auto found = frame->variables.find(name);
      if (found != frame->variables.end()) return found->second.value();
      if (!frame->parent) return std::nullopt;
    }
  }
  /// Members in AWS's order.
  Value states(bool with_context) const override {
    ObjectBuilder out;
    out.add("input", input_);
    if (with_context) out.add("context", context());
    if (!member_.name.empty()) out.add(member_.name, member_.value);
    return std::move(out).finish();
  }
  std::int64_t now_ms() const override { return turn_.now().time_since_epoch() / std::chrono::milliseconds(1); }
  std::uint64_t draw() const override { return turn_.random(); }
  Budget& budget() const override { return budget_; }

 private:
  Value own_context() const {
    const auto& state = turn_.state_of(frame_);
    StateTraits traits;
    traits.retries = (state.grammar->groups & asl::kRetryCatch) != 0;
    // The token is that of the TaskScheduled event that this evaluation is for: the next one. Once the task is
    // answered there is none.
    const auto& standing = turn_.frame(frame_).standing;
    const bool answered = std::holds_alternative<Finished>(standing);
    if (state.body && state.body->has_token() && !answered)
      traits.token = task_token(turn_.execution(), frame_, turn_.execution().last_number() + 1);
    return context_object(turn_.execution(), frame_, traits, item_);
  }
  Value given_context() const {
    if (!item_) return *turn_.context();
    const auto map = object({{"Item", object({{"Index", Value::integer(item_->index)}, {"Value", item_->value}})}});
    Budget budget = Budget::without_limits();
    return with_member(*turn_.context(), Key("Map"), map, budget).value();
  }

  Turn& turn_;
  FrameId frame_;
  Value input_;
  StatesMember member_;
  std::optional<MapItem> item_;
  mutable std::optional<Value> context_;
  mutable Budget budget_;
};

/// The payload that an event carries; null if it has none.
const Payload* payload_of(const EventBody& body) {
  return std::visit(
      [](const auto& e) -> const Payload* {
        if constexpr (requires { e.input; })
          return &e.input;
        else if constexpr (requires { e.output; })
          return &e.output;
        else
          return nullptr;
      },
      body);
}

/// AWS dev guide, variables: branches and iterations read what is outside, but neither change nor hide it.
bool is_outer_variable(const Execution& execution, FrameId id, const std::string& name) {
  for (const Frame* frame = &execution.frame(id); frame->parent;) {
    frame = &execution.frame(*frame->parent);
    if (frame->variables.contains(name)) return true;
  }
  return false;
}

/// Of all variables once `assigned` are set in that frame.
std::size_t variable_bytes(const Execution& execution, FrameId frame, const Assignments& assigned) {
  std::size_t bytes = execution.variable_bytes();
  const auto& present = execution.frame(frame).variables;
  for (const auto& [name, value] : assigned) {
    bytes += value.size();
    if (const auto old = present.find(name); old != present.end()) bytes -= old->second.size();
  }
  return bytes;
}

bool is_end(const EventBody& body) {
  return std::holds_alternative<event::ExecutionSucceeded>(body) ||
         std::holds_alternative<event::ExecutionFailed>(body) ||
         std::holds_alternative<event::ExecutionTimedOut>(body) ||
         std::holds_alternative<event::ExecutionAborted>(body);
}

void cut(std::optional<std::string>& text, std::size_t limit) {
  if (!text || text->size() <= limit) return;
  while (limit > 0 && ((*text)[limit] & 0xC0) == 0x80) --limit;  // not inside a character
  text->resize(limit);
}

}  // namespace

Turn::Turn(const asl::Definition& definition, Execution& execution, Moment moment)
    : definition_(definition), execution_(execution), moment_(moment) {}

Turn::~Turn() = default;

const asl::State& Turn::state_of(FrameId id) const {
  const auto* state = definition_.find(frame(id).state);
  STEPD_ASSERT(state != nullptr);
  return *state;
}

const StateType& Turn::type_of(FrameId id) const { return static_cast<const StateType&>(*state_of(id).grammar); }

std::uint64_t Turn::random() { return mix(mix(moment_.seed) + mix(execution_.last_number()) + ++draws_); }

EventNumber Turn::record(FrameId frame_id, EventBody body, Shown shown, std::optional<std::uint32_t> previous) {
  // AWS dev guide, quotas: the 25,000th event of a STANDARD execution is its end, whatever else there is to say.
  const bool full = !definition_.express && execution_.last_history_id() + 1 >= limits::kHistoryEvents;
  if (shown == Shown::InHistory && full && !is_end(body)) {
    if (!ending_) throw HistoryFull{};
    shown = Shown::No;
  }
  Event event;
  event.number = execution_.last_number() + 1;
  event.frame = frame_id;
  event.at = moment_.now;
  if (shown == Shown::InHistory) {
    event.history_id = execution_.last_history_id() + 1;
    const Frame* frame = execution_.find(frame_id);
    event.previous_id = previous.value_or(frame != nullptr ? frame->last_id : 0);
  }
  if (const auto* payload = payload_of(body); payload != nullptr && payload->identity() != last_weighed_) {
    last_weighed_ = payload->identity();
    bytes_ += payload->size();
  }
  event.body = std::move(body);
  recording_ = true;
  events_.push_back(std::move(event));
  absorb(execution_, events_.back());
  recording_ = false;
  if (observer_ != nullptr) observer_->recorded(execution_, events_.back());
  return execution_.last_number();
}

// ---- evaluating -----------------------------------------------------------------------------------------------------

std::unique_ptr<asl::Scope> Turn::scope(FrameId id, Value input, StatesMember member) {
  return std::make_unique<FrameScope>(*this, id, std::move(input), std::move(member));
}

std::unique_ptr<asl::Scope> Turn::item_scope(FrameId id, Value input, std::uint32_t index, Value value) {
  return std::make_unique<FrameScope>(*this, id, std::move(input), StatesMember(), MapItem{index, std::move(value)});
}

asl::Evaluated<Payload> Turn::effective_input(FrameId id) {
  if (state_of(id).language == asl::QueryLanguage::Jsonata) return frame(id).input;
  auto selected = select(id, state_of(id).input_path, frame(id).input);
  if (selected) tell(id, Step::AfterInputPath, *selected);
  return selected;
}

asl::Evaluated<Payload> Turn::parameters(FrameId id) {
  STEPD_TRY(auto input, effective_input(id));
  const auto& state = state_of(id);
  const auto& parameters = state.parameters;
  if (parameters) {
    STEPD_TRY(auto value, parameters->evaluate(*scope(id, input.value())));
    if (value.text_bytes() > limits::kPayloadBytes) return asl::errors::of_limit(Limit::Bytes);
    input = Payload(std::move(value));
  }
  if (state.language == asl::QueryLanguage::JsonPath)
    tell(id, Step::AfterParameters, input);
  else if (parameters)
    tell(id, Step::AfterArguments, input);
  return input;
}

asl::Evaluated<Payload> Turn::output_of(const asl::ExitFields& exit, const asl::Scope& seen,
                                        const Payload& otherwise) const {
  if (!exit.output) return otherwise;
  STEPD_TRY(auto value, exit.output->evaluate(seen));
  return Payload(std::move(value));
}

asl::Evaluated<Payload> Turn::select_output(FrameId id, const Payload& effective) {
  return select(id, state_of(id).output_path, effective);
}

asl::Evaluated<Payload> Turn::select(FrameId id, const asl::Selector& selector, const Payload& from) {
  if (selector.discards) return Payload();
  if (selector.path.is_root()) return from;
  STEPD_TRY(auto selected, selector.path.select(*scope(id, from.value())));
  return Payload(std::move(selected));
}

asl::Evaluated<Assignments> Turn::assignments(FrameId id, const asl::ExitFields& exit, const asl::Scope& seen) const {
  Assignments all;
  if (!exit.assign) return all;
  STEPD_TRY(auto values, exit.assign->evaluate(seen));
  std::size_t bytes = 0;
  for (const auto& [key, value] : values.members()) {
    std::string name(key);
    if (is_outer_variable(execution_, id, name)) {
      return asl::errors::runtime("Variable '" + name + "' belongs to an outer scope and cannot be assigned here");
    }
    Payload payload(value);
    bytes += payload.size();
    if (bytes > limits::kVariableBytes) {
      return asl::errors::runtime("The variables assigned by this state are larger than " +
                                  std::to_string(limits::kVariableBytes) + " bytes");
    }
    all.emplace_back(std::move(name), std::move(payload));
  }
  if (variable_bytes(execution_, id, all) > limits::kVariablesBytes) {
    return asl::errors::runtime("The variables of this execution are larger than " +
                                std::to_string(limits::kVariablesBytes) + " bytes");
  }
  return all;
}

// ---- going on -------------------------------------------------------------------------------------------------------

void Turn::leave_with_result(FrameId id, Payload result) {
  const auto& state = state_of(id);
  const Payload raw = frame(id).input;
  if (state.language == asl::QueryLanguage::Jsonata) {
    if (!asl::has_result(*state.grammar)) return leave(id, result, state.next, state.exit);
    tell(id, Step::Result, result);
    return leave_jsonata(id, state.exit, *scope(id, raw.value(), {"result", result.value()}), result, state.next);
  }
  tell(id, Step::Result, result);
  if (state.result_selector) {
    auto selected = state.result_selector->evaluate(*scope(id, result.value()));
    if (!selected) return fail(id, selected.error());
    result = Payload(*std::move(selected));
  }
  tell(id, Step::AfterResultSelector, result);
  auto assigned = assignments(id, state.exit, *scope(id, result.value()));
  if (!assigned) return fail(id, assigned.error());
  Payload effective = raw;
  if (!state.result_path.discards) {
    if (state.result_path.path.is_root()) {
      effective = std::move(result);
    } else {
      Budget budget;
      auto merged = asl::put_at(state.result_path.path, raw.value(), result.value(), budget);
      if (!merged) return fail(id, merged.error());
      effective = Payload(*std::move(merged));
    }
  }
  tell(id, Step::AfterResultPath, effective);
  auto output = select_output(id, effective);
  if (!output) return fail(id, output.error());
  exit_state(id, *std::move(output), *std::move(assigned), state.next);
}

void Turn::leave_joined(FrameId id) {
  Budget budget;
  Builder outputs(budget);
  outputs.begin_array();
  for (const auto child : execution_.children(id))
    outputs.add(std::get<Finished>(frame(child).standing).output.value());
  outputs.end();
  const auto limit = outputs.limit();
  if (limit != Limit::None) return fail(id, asl::errors::of_limit(limit));
  record(id, event::JoinSucceeded{std::string(state_of(id).grammar->type)});
  leave_with_result(id, Payload(std::move(outputs).finish()));
}

void Turn::leave(FrameId id, const Payload& effective, const std::string& next, const asl::ExitFields& exit) {
  const auto seen = scope(id, effective.value());
  if (state_of(id).language == asl::QueryLanguage::Jsonata) return leave_jsonata(id, exit, *seen, effective, next);
  auto assigned = assignments(id, exit, *seen);
  if (!assigned) return fail(id, assigned.error());
  auto output = select_output(id, effective);
  if (!output) return fail(id, output.error());
  exit_state(id, *std::move(output), *std::move(assigned), next);
}

void Turn::leave_jsonata(FrameId id, const asl::ExitFields& exit, const asl::Scope& seen, const Payload& otherwise,
                         const std::string& next) {
  auto assigned = assignments(id, exit, seen);
  if (!assigned) return fail(id, assigned.error());
  auto output = output_of(exit, seen, otherwise);
  if (!output) return fail(id, output.error());
  exit_state(id, *std::move(output), *std::move(assigned), next);
}

void Turn::exit_state(FrameId id, Payload output, Assignments assigned, const std::string& next) {
  const auto& state = state_of(id);
  if (output.size() > limits::kPayloadBytes) return fail(id, oversized(id));
  record(id, event::StateExited{state.name, std::string(state.grammar->type), output, std::move(assigned), next});
  if (next.empty()) finish(id, std::move(output));
}

void Turn::finish(FrameId id, Payload output) {
  if (id == kRootFrame) {
    record(id, event::ExecutionSucceeded{std::move(output)});
    return;
  }
  const auto parent = *frame(id).parent;
  record(id, event::FrameFinished{std::move(output)}, Shown::No);
  type_of(parent).child_finished(*this, parent, id);
}

Failure Turn::oversized(FrameId id) const {
  return {std::string(asl::errors::kDataLimitExceeded),
          "The state/task '" + frame(id).state +
              "' returned a result with a size exceeding the maximum number of bytes service limit."};
}

Failure Turn::failure_of(FrameId id, const asl::EvaluationError& error) const {
  if (error.name == asl::errors::kDataLimitExceeded) return oversized(id);
  // Measured on AWS (floci, issue 2689): TestState gives the sentence about the expression alone.
  if (context_ && error.name == asl::errors::kQueryEvaluationError) return {error.name, error.cause};
  const auto& entered = frame(id);
  return {error.name, "An error occurred while executing the state '" + entered.state + "' (entered at the event id #" +
                          std::to_string(entered.entered_id) + "). " + error.cause};
}

// ---- failing --------------------------------------------------------------------------------------------------------

std::uint32_t Turn::before_entry(FrameId id) const {
  const auto& entered = frame(id);
  const auto found = std::find_if(events_.rbegin(), events_.rend(), [&](const Event& event) {
    return event.history_id == entered.last_id && std::holds_alternative<event::StateEntered>(event.body);
  });
  return found == events_.rend() ? entered.last_id : found->previous_id;
}

Failure Turn::record_error(FrameId id, const asl::EvaluationError& error) {
  auto failure = failure_of(id, error);
  if (error.name != asl::errors::kQueryEvaluationError) return failure;
  cut(failure.cause, limits::kCauseChars);
  const auto& state = state_of(id);
  record(id, event::EvaluationFailed{failure, error.location, state.name}, Shown::InHistory,
         error.within_state ? frame(id).last_id : before_entry(id));
  return failure;
}

void Turn::fail(FrameId id, const asl::EvaluationError& error) {
  const auto& standing = frame(id).standing;
  // Recorded from AWS (LocalStack's snapshots, Items of a Map): the Map fails as one whose iterations have failed. That
  // a Parallel state does so, too, is assumed.
  const bool opens = error.name == asl::errors::kQueryEvaluationError && type_of(id).child_finished != nullptr;
  const bool joins =
      std::holds_alternative<AwaitingFrames>(standing) || (opens && !std::holds_alternative<Finished>(standing));
  fail(id, record_error(id, error), {}, joins);
}

void Turn::fail(FrameId id, Failure failure, std::string_view also) {
  fail(id, std::move(failure), also, std::holds_alternative<AwaitingFrames>(frame(id).standing));
}

void Turn::fail(FrameId id, Failure failure, std::string_view also, bool joins) {
  cut(failure.error, limits::kErrorChars);
  cut(failure.cause, limits::kCauseChars);
  if (observer_ != nullptr) observer_->failed(id, failure);
  const auto& state = state_of(id);
  const auto known = failure.error.value_or("");
  const ErrorName name(known, also);
  if (const auto retry = plan_retry(state.retry, frame(id).attempts, name, random())) {
    record(id, event::RetryPlanned{retry->retrier, moment_.now + retry->delay}, Shown::No);
    return;
  }
  if (joins) record(id, event::JoinFailed{std::string(state.grammar->type)});
  if (const auto* catcher = find_catcher(state.catchers, name)) return catch_failure(id, *catcher, failure);
  give_up(id, std::move(failure), also);
}

void Turn::give_up(FrameId id, Failure failure, std::string_view also) {
  if (id == kRootFrame) {
    record(id, event::ExecutionFailed{std::move(failure)});
    return;
  }
  const auto parent = *frame(id).parent;
  record(id, event::FrameFailed{failure}, Shown::No);
  const auto hook = type_of(parent).child_failed;
  if (hook != nullptr) hook(*this, parent, id);
  // Recorded from AWS: a Task state that fails its branch or iteration is aborted like its siblings, and a Fail or a
  // Pass state is not; the failure is the previous event of all of them. A Task that fails before it is scheduled is
  // not known, and taken for one.
  const auto last = frame(id).last_id;
  if (state_of(id).grammar->type == "Task") record(id, event::StateAborted{"Task"}, Shown::InHistory, last);
  for (const auto sibling : std::vector(execution_.children(parent))) {
    if (sibling != id) abort(sibling, last);
  }
  fail(parent, std::move(failure), also);
}

/// ASL, Errors: what cannot be carried out here is an error of the state, which no retrier or catcher of its own takes
/// any more.
void Turn::catch_failure(FrameId id, const asl::Catcher& catcher, const Failure& failure) {
  const auto caught = object(
      {{"Error", Value::string(failure.error.value_or(""))}, {"Cause", Value::string(failure.cause.value_or(""))}});
  const Payload raw = frame(id).input;
  const bool jsonata = state_of(id).language == asl::QueryLanguage::Jsonata;
  const auto seen = jsonata ? scope(id, raw.value(), {"errorOutput", caught}) : scope(id, caught);
  auto assigned = assignments(id, catcher.exit, *seen);
  if (!assigned) return give_up(id, record_error(id, assigned.error()));
  Payload output = raw;
  if (jsonata) {
    auto made = output_of(catcher.exit, *seen, Payload(caught));
    if (!made) return give_up(id, record_error(id, made.error()));
    output = *std::move(made);
  } else if (!catcher.result_path.discards) {
    Budget budget;
    auto merged = asl::put_at(catcher.result_path.path, raw.value(), caught, budget);
    if (!merged) return give_up(id, failure_of(id, merged.error()));
    output = Payload(*std::move(merged));
  }
  if (output.size() > limits::kPayloadBytes) return give_up(id, oversized(id));
  exit_state(id, std::move(output), *std::move(assigned), catcher.next);
}

void Turn::fail_execution(Failure failure) { end_execution(event::ExecutionFailed{std::move(failure)}); }

void Turn::end_execution(EventBody end) {
  ending_ = true;
  // Recorded from AWS (floci, issue 2965): where the execution is stopped or times out while a Wait of its own runs,
  // the Wait has no event, and the end none before it. What a Task, a Parallel or a Map in flight writes is not known,
  // nor what a Wait within one does: they are shown as aborted.
  const auto* timer = std::get_if<AwaitingTimer>(&frame(kRootFrame).standing);
  const bool waits = timer != nullptr && !timer->retry && !std::holds_alternative<event::ExecutionFailed>(end);
  if (waits)
    record(kRootFrame, event::StateAborted{std::string(state_of(kRootFrame).grammar->type)}, Shown::No);
  else
    abort(kRootFrame);
  record(kRootFrame, std::move(end), Shown::InHistory, waits ? std::optional<std::uint32_t>(0) : std::nullopt);
}

void Turn::abort(FrameId id, std::optional<std::uint32_t> previous) {
  if (std::holds_alternative<Finished>(frame(id).standing)) return;
  if (const auto parent = frame(id).parent) {
    const auto hook = type_of(*parent).child_aborted;
    if (hook != nullptr) hook(*this, *parent, id);
  }
  for (const auto child : std::vector(execution_.children(id))) abort(child, previous);
  const bool running = !std::holds_alternative<Ready>(frame(id).standing);
  record(id, event::StateAborted{running ? std::string(state_of(id).grammar->type) : ""},
         running ? Shown::InHistory : Shown::No, previous);
}

}  // namespace stepd::core
