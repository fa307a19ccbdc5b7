#include "engine/run/digest/execution_digest.h"

#include <algorithm>

namespace stepd::run {
namespace {

namespace event = core::event;

constexpr std::size_t kStatesMax = 65'000;  // of state_of's indices
constexpr std::size_t kDigestCauseBytes = 2'000;

std::string beginning_of(const std::string& text) {
  if (text.size() <= kDigestCauseBytes) return text;
  auto end = kDigestCauseBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

}  // namespace

std::uint32_t StateDigest::count(VisitEnd end) const {
  const auto found = ends.find(end);
  return found == ends.end() ? 0 : found->second;
}

std::uint32_t StateDigest::running() const {
  std::uint32_t ended = 0;
  for (const auto& [end, count] : ends) ended += count;
  return entered - std::min(entered, ended);
}

const StateDigest* ExecutionDigest::find(std::string_view name) const {
  const auto found = std::find_if(states.begin(), states.end(), [&](const auto& state) { return state.name == name; });
  return found == states.end() ? nullptr : &*found;
}

std::string ExecutionDigest::state_name_of(core::EventNumber number) const {
  if (number == 0 || number > state_of.size() || state_of[number - 1] == 0) return {};
  return states[state_of[number - 1] - 1U].name;
}

void DigestMaker::take(const core::Event& event) {
  auto& position = positions_[event.frame];
  take_body(event, position);
  digest_.events = event.number;
  digest_.history_events = std::max(digest_.history_events, event.history_id);
  digest_.state_of.resize(event.number);
  if (position.state < kStatesMax) digest_.state_of[event.number - 1] = static_cast<std::uint16_t>(position.state + 1);
}

void DigestMaker::take_body(const core::Event& event, Position& position) {
  const auto at = event.at;
  const auto& body = event.body;
  if (const auto* entered = std::get_if<event::StateEntered>(&body)) return enter(event, *entered, position);
  // A state that hands on a failure which it has caught exits as any other.
  if (std::holds_alternative<event::StateExited>(body))
    return leave(position, position.failed ? VisitEnd::Caught : VisitEnd::Succeeded, at);
  if (std::holds_alternative<event::StateAborted>(body)) return leave(position, VisitEnd::Aborted, at);
  if (const auto* started = std::get_if<event::ExecutionStarted>(&body)) {
    if (started->identity.parent) digest_.parent = started->identity.parent->execution_arn;
  } else if (std::holds_alternative<event::TaskScheduled>(body) || std::holds_alternative<event::MapStarted>(body) ||
             std::holds_alternative<event::BranchesOpened>(body)) {
    begin_attempt(position, at);
  } else if (std::holds_alternative<event::TaskSucceeded>(body) || std::holds_alternative<event::JoinSucceeded>(body)) {
    end_attempt(position, at, nullptr);
  } else if (const auto* failed = std::get_if<event::TaskFailed>(&body)) {
    end_attempt(position, at, &failed->failure);
  } else if (const auto* late = std::get_if<event::TaskTimedOut>(&body)) {
    end_attempt(position, at, &late->failure);
    position.fate = VisitEnd::TimedOut;
  } else if (const auto* refused = std::get_if<event::TaskScheduleFailed>(&body)) {
    end_attempt(position, at, &refused->failure);
  } else if (const auto* expression = std::get_if<event::EvaluationFailed>(&body)) {
    end_attempt(position, at, &expression->failure);
  } else if (std::holds_alternative<event::JoinFailed>(body)) {
    end_attempt(position, at, &position.failure);
  } else if (std::holds_alternative<event::TimerArmed>(body)) {
    set_waits(position, true);
  } else if (std::holds_alternative<event::RetryPlanned>(body)) {
    if (auto* state = state_of(position)) ++state->retries;
    set_waits(position, true);
  } else if (const auto* submitted = std::get_if<event::TaskSubmitted>(&body)) {
    set_waits(position, true);
    add_child(submitted->child);
  } else if (const auto* frame_failed = std::get_if<event::FrameFailed>(&body)) {
    position.failure = frame_failed->failure;
    leave(position, position.fate, at);
  } else if (const auto* execution_failed = std::get_if<event::ExecutionFailed>(&body)) {
    end_all(VisitEnd::Failed, at, execution_failed->failure);
  } else if (const auto* timed_out = std::get_if<event::ExecutionTimedOut>(&body)) {
    end_all(VisitEnd::TimedOut, at, timed_out->failure);
  } else if (const auto* aborted = std::get_if<event::ExecutionAborted>(&body)) {
    end_all(VisitEnd::Aborted, at, aborted->failure);
  } else if (std::holds_alternative<event::ExecutionRedriven>(body)) {
    digest_.failed_state.clear();
  }
}

void DigestMaker::enter(const core::Event& event, const event::StateEntered& body, Position& position) {
  if (const auto* before = state_of(position)) {
    digest_.ways.insert({before->name, body.state});
    if (position.open) leave(position, VisitEnd::Caught, event.at);
  }
  const auto [place, is_new] = places_.try_emplace(body.state, digest_.states.size());
  if (is_new) {
    digest_.states.emplace_back();
    digest_.states.back().name = body.state;
    digest_.states.back().type = body.type;
    digest_.states.back().first_entered = event.at;
  }
  auto& state = digest_.states[place->second];
  ++state.entered;
  position = {};
  position.state = place->second;
  position.open = true;
  if (state.visits.size() >= kDigestVisits) return;
  position.visit = state.visits.size();
  state.visits.push_back({event.number, event.at, std::nullopt, VisitEnd::Running, {}, false});
}

void DigestMaker::leave(Position& position, VisitEnd end, Instant at) {
  auto* state = state_of(position);
  if (state == nullptr || !position.open) return;
  position.open = false;
  ++state->ends[end];
  state->last_left = at;
  if (end != VisitEnd::Succeeded && end != VisitEnd::Aborted) {
    state->error = position.failure.error.value_or("");
    state->cause = beginning_of(position.failure.cause.value_or(""));
  }
  if (end == VisitEnd::Failed || end == VisitEnd::TimedOut) digest_.failed_state = state->name;
  if (end == VisitEnd::Caught) digest_.failed_state.clear();
  auto* visit = visit_of(position);
  if (visit == nullptr) return;
  visit->to = at;
  visit->end = end;
  visit->waits = false;
  if (!visit->attempts.empty() && !visit->attempts.back().to) visit->attempts.back().to = at;
}

/// Also reopens the visit of a redriven execution.
void DigestMaker::begin_attempt(Position& position, Instant at) {
  auto* state = state_of(position);
  if (state == nullptr) return;
  position.failed = false;
  auto* visit = visit_of(position);
  if (!position.open) {
    position.open = true;
    const auto end = visit != nullptr ? visit->end : VisitEnd::Failed;
    if (auto& count = state->ends[end]; count > 0) --count;
    state->last_left.reset();
    if (visit != nullptr) {
      visit->to.reset();
      visit->end = VisitEnd::Running;
    }
  }
  if (visit == nullptr) return;
  visit->waits = false;
  if (visit->attempts.size() >= kDigestAttempts) visit->attempts.erase(visit->attempts.begin());
  visit->attempts.push_back({at, std::nullopt, ""});
}

void DigestMaker::end_attempt(Position& position, Instant at, const core::Failure* failure) {
  position.failed = failure != nullptr;
  if (failure != nullptr) position.failure = *failure;
  auto* visit = visit_of(position);
  if (visit == nullptr || visit->attempts.empty()) return;
  visit->waits = false;
  auto& attempt = visit->attempts.back();
  attempt.to = at;
  if (failure != nullptr) attempt.error = failure->error.value_or("failed");
}

/// The state of the root has the execution's failure; what ran beneath it was aborted with it.
void DigestMaker::end_all(VisitEnd root_end, Instant at, const core::Failure& failure) {
  const auto innermost = digest_.failed_state;
  for (auto& [frame, position] : positions_) {
    if (!position.open) continue;
    if (frame == core::kRootFrame) position.failure = failure;
    leave(position, frame == core::kRootFrame ? root_end : VisitEnd::Aborted, at);
  }
  if (!innermost.empty()) digest_.failed_state = innermost;
}

void DigestMaker::set_waits(Position& position, bool waits) {
  if (auto* visit = visit_of(position)) visit->waits = waits;
}

void DigestMaker::add_child(const std::string& arn) {
  if (!arn.empty() && digest_.children.size() < kDigestChildren) digest_.children.push_back(arn);
}

VisitDigest* DigestMaker::visit_of(const Position& position) {
  auto* state = state_of(position);
  return state == nullptr || position.visit >= state->visits.size() ? nullptr : &state->visits[position.visit];
}

StateDigest* DigestMaker::state_of(const Position& position) {
  return position.state < digest_.states.size() ? &digest_.states[position.state] : nullptr;
}

}  // namespace stepd::run
