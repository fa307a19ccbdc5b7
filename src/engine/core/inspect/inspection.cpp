#include "engine/core/inspect/inspection.h"

#include "base/limits.h"
#include "base/value/json_border.h"
#include "base/value/print.h"
#include "engine/asl/errors.h"
#include "engine/core/codec.h"
#include "engine/core/context.h"
#include "engine/core/inspect/as_written.h"
#include "engine/core/retry.h"
#include "engine/core/state_type.h"
#include "engine/core/turn.h"

#include <nlohmann/json.hpp>

namespace stepd::core {
namespace {

constexpr std::size_t kSelectedBytes = 4 * 1024 * 1024;

}  // namespace

/// What the turn tells, as far as an answer shows it.
class Inspection::Notes final : public Observer {
 public:
  void computed(FrameId, Step step, const Payload& value) override {
    if (step == Step::AfterItemSelector)
      selected_items.push_back(value);
    else
      steps.insert_or_assign(step, value);
  }
  void failed(FrameId, const Failure& failure) override { failure_ = failure; }
  void recorded(const Execution&, const Event& event) override {
    if (const auto* retry = std::get_if<event::RetryPlanned>(&event.body)) planned = *retry;
    if (const auto* exited = std::get_if<event::StateExited>(&event.body)) exit = *exited;
  }

  std::map<Step, Payload> steps;
  std::vector<Payload> selected_items;
  std::optional<Failure> failure_;
  std::optional<event::RetryPlanned> planned;
  std::optional<event::StateExited> exit;
};

Inspection::Inspection(std::shared_ptr<const asl::Definition> definition, StateTestPlan plan, Identity identity,
                       Moment moment)
    : definition_(std::move(definition)),
      plan_(std::move(plan)),
      identity_(std::move(identity)),
      moment_(moment),
      notes_(std::make_unique<Notes>()) {}

Inspection::~Inspection() = default;

Inspection::Inspection(Inspection&&) noexcept = default;

const asl::State& Inspection::state() const { return *definition_->find(plan_.state); }

/// The execution as it is when the state has been entered, with the variables and retries that the test is given.
void Inspection::enter_state() {
  Execution fresh;
  Turn turn(*definition_, fresh, moment_);
  turn.record(kRootFrame, event::ExecutionStarted{identity_, plan_.input, plan_.state, std::nullopt});
  turn.record(kRootFrame, event::StateEntered{plan_.state, std::string(state().grammar->type), plan_.input});
  Frame frame = fresh.frame(kRootFrame);
  for (const auto& [name, value] : plan_.variables) frame.variables.insert_or_assign(name, value);
  frame.attempts.assign(state().retry.size(), plan_.retries);  // only that of the retrier which matches is looked at
  frame.retry_count = plan_.retries;
  execution_ = Snapshot::with_frame(std::move(fresh), std::move(frame));
}

/// The one that the test brings along, as it is, or else one that is made up as AWS does.
Value Inspection::context() const {
  if (plan_.context) return plan_.context->value();
  StateTraits traits;
  traits.retries = (state().grammar->groups & asl::kRetryCatch) != 0;
  const auto item = plan_.in_map ? std::optional(MapItem{0, plan_.input.value()}) : std::nullopt;
  Json context = to_json(context_object(execution_, kRootFrame, traits, item));
  context["Execution"].erase("RedriveCount");
  if (identity_.role_arn.empty()) context["Execution"]["RoleArn"] = nullptr;
  context["State"]["Name"] = kTestedStateName;
  return from_json(context);
}

void Inspection::watch(Turn& turn) {
  turn.watch(notes_.get());
  turn.set_context(context());
}

std::optional<Inspection::Call> Inspection::begin() {
  enter_state();
  Turn turn(*definition_, execution_, moment_);
  watch(turn);
  const auto& type = turn.type_of(kRootFrame);
  type.enter(turn, kRootFrame);
  const Frame* frame = execution_.find(kRootFrame);
  if (frame == nullptr) return std::nullopt;
  if (const auto* timer = std::get_if<AwaitingTimer>(&frame->standing)) {
    if (!timer->retry) type.elapsed(turn, kRootFrame);
  } else if (const auto* task = std::get_if<AwaitingTask>(&frame->standing)) {
    if (!plan_.mocked_result && !plan_.mocked_error) return Call{task->label, task->input, task->timeout_seconds};
    if (plan_.mocked_error)
      task_failed(turn, *plan_.mocked_error);
    else
      task_succeeded(turn, *plan_.mocked_result);
  } else if (std::holds_alternative<AwaitingFrames>(frame->standing)) {
    answer_joined(turn);
  }
  return std::nullopt;
}

void Inspection::finish(const Payload& result) {
  Turn turn(*definition_, execution_, moment_);
  watch(turn);
  if (result.size() <= limits::kPayloadBytes) return task_succeeded(turn, result);
  task_failed(turn, oversized_result(awaited_task().label));
}

void Inspection::finish(Failure failure) {
  Turn turn(*definition_, execution_, moment_);
  watch(turn);
  task_failed(turn, std::move(failure));
}

const AwaitingTask& Inspection::awaited_task() const {
  return std::get<AwaitingTask>(execution_.frame(kRootFrame).standing);
}

void Inspection::task_succeeded(Turn& turn, const Payload& result) {
  turn.record(kRootFrame, event::TaskSucceeded{awaited_task().label, result});
  turn.leave_with_result(kRootFrame, result);
}

void Inspection::task_failed(Turn& turn, Failure failure) {
  turn.record(kRootFrame, event::TaskFailed{awaited_task().label, failure});
  turn.fail(kRootFrame, std::move(failure));
}

// ---- Map and Parallel -----------------------------------------------------------------------------------------------

void Inspection::answer_joined(Turn& turn) {
  if (!notes_->selected_items.empty()) open_all_iterations(turn);
  const Frame* frame = execution_.find(kRootFrame);
  if (frame == nullptr || !std::holds_alternative<AwaitingFrames>(frame->standing)) return;  // an ItemSelector failed
  if (plan_.mocked_error) return turn.fail(kRootFrame, *plan_.mocked_error);
  if (exceeds_tolerated_failures()) {
    return turn.fail(kRootFrame, Failure{std::string(asl::errors::kExceedToleratedFailureThreshold),
                                         "The specified tolerated failure threshold was exceeded"});
  }
  turn.record(kRootFrame, event::JoinSucceeded{std::string(state().grammar->type)});
  turn.leave_with_result(kRootFrame, *plan_.mocked_result);
}

/// So that the ItemSelector is evaluated for every item, however few may run at once. Each looks at the whole input
/// again, so that a large one is shown for its first items only.
void Inspection::open_all_iterations(Turn& turn) {
  for (std::size_t seen = 0; seen < kSelectedBytes;) {
    const Frame* frame = execution_.find(kRootFrame);
    const auto* standing = frame == nullptr ? nullptr : std::get_if<AwaitingFrames>(&frame->standing);
    if (standing == nullptr || standing->opened >= standing->total) return;
    const auto child = execution_.children(kRootFrame)[standing->finished];
    turn.record(child, event::FrameFinished{}, Turn::Shown::No);
    turn.type_of(kRootFrame).child_finished(turn, kRootFrame, child);
    seen += plan_.input.size() + notes_->selected_items.back().size();
  }
}

bool Inspection::exceeds_tolerated_failures() const {
  const auto failures = plan_.iteration_failures.value_or(0);
  const auto& steps = notes_->steps;
  if (const auto count = steps.find(Step::ToleratedFailureCount); count != steps.end()) {
    if (failures > count->second.value().number()) return true;
  }
  const auto percentage = steps.find(Step::ToleratedFailurePercentage);
  const auto items = steps.find(Step::AfterItemsPath);
  if (percentage == steps.end() || items == steps.end() || items->second.value().empty()) return false;
  return 100.0 * failures / static_cast<double>(items->second.value().size()) > percentage->second.value().number();
}

// ---- what came of it ------------------------------------------------------------------------------------------------

/// What a path has selected, as the test has it.
Payload Inspection::as_written(const Payload& value) const {
  if (!value.value().is_array()) return value;
  const auto compact = print(value.value());
  for (const auto* given : {&plan_.input, plan_.context ? &*plan_.context : nullptr,
                            plan_.mocked_result ? &*plan_.mocked_result : nullptr}) {
    if (given == nullptr) continue;
    const auto text = given->text();
    if (const auto found = find_as_written(text, compact)) return Payload::trusted(std::string(*found));
  }
  return value;
}

Inspected Inspection::outcome() const {
  Inspected result;
  result.input = plan_.input;
  result.steps = notes_->steps;
  if (!notes_->selected_items.empty()) {
    Json items = Json::array();
    for (const auto& item : notes_->selected_items) items.push_back(item.json());
    result.steps.emplace(Step::AfterItemSelector, Payload(std::move(items)));
  }
  for (const auto step : {Step::AfterInputPath, Step::AfterItemsPath}) {
    const auto found = result.steps.find(step);
    if (found != result.steps.end()) found->second = as_written(found->second);
  }
  std::map<std::string, Payload> variables(plan_.variables.begin(), plan_.variables.end());
  if (notes_->exit) {
    result.output = as_written(notes_->exit->output);
    result.next = notes_->exit->next;
    for (const auto& [name, value] : notes_->exit->assigned) variables.insert_or_assign(name, value);
  }
  result.variables.assign(variables.begin(), variables.end());
  if (!notes_->failure_) return result;

  result.failure = *notes_->failure_;
  const auto name = result.failure.error.value_or("");
  const auto& retry = state().retry;
  const auto retrier =
      std::find_if(retry.begin(), retry.end(), [&](const auto& each) { return matches(each.error_equals, name); });
  if (retrier != retry.end()) result.retry_index = static_cast<std::uint32_t>(retrier - retry.begin());
  if (notes_->planned) {
    result.status = Inspected::Status::Retriable;
    result.backoff = notes_->planned->due - moment_.now;
  } else if (notes_->exit) {
    result.status = Inspected::Status::CaughtError;
    result.catch_index = static_cast<std::uint32_t>(find_catcher(state().catchers, name) - state().catchers.data());
  } else {
    result.status = Inspected::Status::Failed;
    result.failure = execution_.failure();  // a catcher that could not be carried out has a failure of its own
  }
  return result;
}

}  // namespace stepd::core
