#include "functions/environment_pool.h"

#include "functions/platform_errors.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::functions {
namespace {

/// A process that was killed is gone soon; if it is not, its call is answered all the same.
constexpr std::chrono::milliseconds kEndingTime{5'000};

}  // namespace

Pool::Pool(const FunctionCode& code, const WorkerRules& rules, EnvironmentMaker& maker, const Clock& clock)
    : code_(code), rules_(rules), maker_(maker), clock_(clock) {}

Pool::~Pool() { end(); }

void Pool::end() {
  close();
  auto places = std::exchange(places_, {});
  for (auto& [number, place] : places) {
    if (place.call) refuse(*place.call, "ServiceException", "stepd is ending.");
  }
}

unsigned Pool::limit() const { return code_.concurrency > 0 ? code_.concurrency : std::max(1u, rules_.processes); }

void Pool::refuse(Call& call, const std::string& code, const std::string& message) {
  const auto done = std::move(call.done);
  if (done) done(AslError{code, message});
}

void Pool::refuse_for_concurrency(Call& call) { refuse(call, "TooManyRequestsException", "Rate Exceeded."); }

void Pool::tell_started(Call& call) {
  if (const auto started = std::exchange(call.started, {})) started();
}

void Pool::set(Place& place, Standing standing) {
  place.standing = standing;
  place.since = clock_.steady();
  maker_.changed();
}

void Pool::submit(Call call) {
  if (closed_) return refuse(call, "ServiceException", "stepd is ending.");
  Places::iterator best = places_.end();
  for (auto each = places_.begin(); each != places_.end(); ++each) {
    if (each->second.standing != Standing::Idle || each->second.retired) continue;
    if (best == places_.end() || each->second.since > best->second.since) best = each;
  }
  if (best != places_.end()) return give(best->second, std::move(call));
  const auto settling = std::count_if(places_.begin(), places_.end(), [](const auto& each) {
    return each.second.standing == Standing::Settling && !each.second.retired;
  });
  if (static_cast<std::size_t>(settling) > waiting_.size()) return wait(std::move(call));
  if (places_.size() < limit()) {
    if (start(std::move(call))) return;
    return refuse_for_concurrency(call);
  }
  const bool full = waiting_.size() >= kWaitingMax || waiting_bytes_ + call.payload.size() > kWaitingBytes;
  // A place whose process is about to be free, or gone, counts as free: the call before it has been answered.
  const bool soon = std::any_of(places_.begin(), places_.end(), [](const auto& each) { return !each.second.call; });
  if (full || (code_.concurrency > 0 && !soon)) return refuse_for_concurrency(call);
  wait(std::move(call));
}

void Pool::wait(Call call) {
  waiting_bytes_ += call.payload.size();
  waiting_.push_back({std::move(call), clock_.steady()});
  maker_.changed();
}

Call Pool::take_waiting() {
  Call call = std::move(waiting_.front().call);
  waiting_.pop_front();
  waiting_bytes_ -= call.payload.size();
  return call;
}

/// Leaves `call` as it is where nothing may be started.
bool Pool::start(Call&& call) {
  if (!maker_.may_start()) return false;
  unsigned number = 0;
  while (places_.contains(number)) ++number;
  kept_.erase(number);
  Place& place = places_[number];
  place.call = std::move(call);
  tell_started(*place.call);
  begin(number, place);
  return true;
}

void Pool::begin(unsigned number, Place& place) {
  set(place, Standing::Starting);
  ++place.starts;
  place.begun = place.since;
  place.init = std::chrono::milliseconds{-1};
  place.verdict.reset();
  place.init_status = "error";
  if (place.starts == 1) {
    place.deadline = place.since + kInitTime;
  } else {
    place.called = place.since;
    place.deadline = place.since + code_.timeout;
  }
  place.environment = maker_.start(number, *this);
  place.environment->log().init_start(code_.runtime.empty() ? "provided" : code_.runtime);
}

void Pool::give(Place& place, Call call) {
  set(place, Standing::Busy);
  place.call = std::move(call);
  if (place.starts < 2) {
    place.called = place.since;
    place.deadline = place.since + code_.timeout;
  }
  place.environment->log().start(place.call->request_id);
  tell(place);
  tell_started(*place.call);
}

void Pool::tell(Place& place) {
  const Call& call = *place.call;
  place.environment->give({call.request_id, call.payload, call.function_arn, call.trace_header, call.client_context,
                           clock_.now() + (*place.deadline - clock_.steady()), call.lineage});
}

void Pool::ready(unsigned number) {
  const auto found = places_.find(number);
  if (found == places_.end()) return;
  Place& place = found->second;
  switch (place.standing) {
    case Standing::Busy:  // it has lost the call, by a connection that broke: the same again
      return tell(place);
    case Standing::Starting:
      place.init = clock_.steady() - place.begun;
      if (place.call) return give(place, *std::exchange(place.call, std::nullopt));
      break;
    case Standing::Settling:
    case Standing::Idle:
      break;
    case Standing::Ending:
      return;
  }
  set(place, Standing::Idle);
  place.deadline.reset();
  place.starts = 0;
  if (place.retired || closed_) return drop(number);
  if (auto call = next_call(number)) give(place, *std::move(call));
}

/// One that waits, else one whose own process is still starting: that process is then free for others.
std::optional<Call> Pool::next_call(unsigned taker) {
  if (!waiting_.empty()) return take_waiting();
  for (auto& [number, place] : places_) {
    if (number == taker || place.standing != Standing::Starting || !place.call || place.starts != 1) continue;
    return std::exchange(place.call, std::nullopt);
  }
  return std::nullopt;
}

void Pool::settle(Place& place, Answer answer, const std::string& status, bool crashed) {
  if (!place.call) return;
  Call call = *std::exchange(place.call, std::nullopt);
  auto& log = place.environment->log();
  place.environment->collect_output();
  if (!answer.log_line.empty()) {
    log.platform_line(answer.log_line);
    if (crashed) log.platform_line(answer.error_type);
  }
  log.end(call.request_id);
  log.report({call.request_id, clock_.steady() - place.called, place.init, code_.memory,
              place.environment->peak_bytes(), status, status == "error" ? answer.error_type : ""});
  place.init = std::chrono::milliseconds{-1};
  Outcome outcome{std::move(answer.payload), answer.failed, std::move(answer.error_type), log.tail()};
  if (call.done) call.done(std::move(outcome));
}

void Pool::answered(unsigned number, Answer answer) {
  const auto found = places_.find(number);
  if (found == places_.end() || found->second.standing != Standing::Busy) return;
  Place& place = found->second;
  const auto status = answer.failed && answer.error_type == "Function.ResponseSizeTooLarge" ? "error" : "";
  set(place, Standing::Settling);
  settle(place, std::move(answer), status, false);
}

/// Whether the environment has taken longer than it may; what its call, or its start, comes to is noted then.
bool Pool::judge_lateness(Place& place) const {
  const bool runs = place.standing == Standing::Starting || place.standing == Standing::Busy;
  if (!runs || !place.deadline || clock_.steady() < *place.deadline) return false;
  if (place.standing == Standing::Starting && place.starts < 2) {
    place.init_status = "timeout";
    place.verdict = process_ended("", {});
  } else {
    place.verdict = timed_out(place.call ? place.call->request_id : "", code_.timeout);
  }
  return true;
}

void Pool::kill(Place& place, Answer verdict) {
  place.verdict = std::move(verdict);
  set(place, Standing::Ending);
  place.deadline = place.since + kEndingTime;
  place.environment->kill();
}

void Pool::init_failed(unsigned number, Answer answer) {
  const auto found = places_.find(number);
  if (found == places_.end() || found->second.standing != Standing::Starting) return;
  Place& place = found->second;
  place.environment->collect_output();
  kill(place, std::move(answer));
}

void Pool::ended(unsigned number, Ended how) {
  const auto found = places_.find(number);
  if (found == places_.end()) return;
  Place& place = found->second;
  place.environment->collect_output();
  const bool late = judge_lateness(place);
  const bool began =
      place.standing == Standing::Busy || place.standing == Standing::Idle || place.standing == Standing::Settling;
  if (!began && place.starts > 0 && place.init.count() < 0) return start_failed(number, place, how);
  const bool unseen = how.unseen && place.standing == Standing::Busy && !late;
  if (place.call && !unseen) {
    const auto id = place.call->request_id;
    auto answer = place.verdict ? *std::move(place.verdict) : process_ended(id, how);
    const bool timeout = answer.error_type == "Sandbox.Timedout";
    settle(place, std::move(answer), timeout ? "timeout" : "error", !timeout);
  }
  drop(number);
}

/// Before it has asked for its first call.
void Pool::start_failed(unsigned number, Place& place, const Ended& how) {
  const std::string id = place.call ? place.call->request_id : "";
  Answer answer = place.verdict ? *std::move(place.verdict) : process_ended(id, how);
  auto& log = place.environment->log();
  const bool last = place.starts > 1;
  const bool late = answer.error_type == "Sandbox.Timedout";
  log.init_report({clock_.steady() - place.begun, last ? "invoke" : "init", late ? "timeout" : place.init_status,
                   late || place.init_status == "timeout" ? "" : answer.error_type});
  if (!place.call || closed_) return drop(number);
  if (!last) return begin(number, place);
  log.start(id);
  settle(place, std::move(answer), late ? "timeout" : "error", !late);
  drop(number);
}

void Pool::drop(unsigned number) {
  const auto found = places_.find(number);
  if (found == places_.end()) return;
  auto call = std::exchange(found->second.call, std::nullopt);
  places_.erase(found);
  kept_[number] = clock_.steady();
  maker_.changed();
  if (call) submit(*std::move(call));
  serve_waiting();
}

void Pool::serve_waiting() {
  while (!waiting_.empty() && places_.size() < limit() && !closed_) {
    Call call = take_waiting();
    if (!start(std::move(call))) refuse_for_concurrency(call);
  }
}

void Pool::cancel(const std::string& attempt) {
  if (attempt.empty()) return;
  const auto found =
      std::find_if(waiting_.begin(), waiting_.end(), [&](const auto& each) { return each.call.attempt == attempt; });
  if (found == waiting_.end()) return;
  Call call = std::move(found->call);
  waiting_bytes_ -= call.payload.size();
  waiting_.erase(found);
  refuse(call, "ServiceException", "The call was cancelled before it began.");
}

void Pool::tick() {
  const auto now = clock_.steady();
  std::vector<unsigned> numbers;
  for (const auto& [number, place] : places_) numbers.push_back(number);
  for (const unsigned number : numbers) {
    const auto found = places_.find(number);
    if (found == places_.end()) continue;
    Place& place = found->second;
    if (place.standing == Standing::Idle && now >= place.since + rules_.idle) {
      drop(number);
      continue;
    }
    if (!place.deadline || now < *place.deadline) continue;
    switch (place.standing) {
      case Standing::Starting:
      case Standing::Busy:
        if (judge_lateness(place)) kill(place, *std::exchange(place.verdict, std::nullopt));
        break;
      case Standing::Ending:
        ended(number, {});
        break;
      case Standing::Settling:
        drop(number);
        break;
      case Standing::Idle:
        break;
    }
  }
  if (!waiting_.empty() && now >= waiting_.front().since + kSettlingTime) serve_waiting();
  for (auto each = kept_.begin(); each != kept_.end();) {
    if (now < each->second + rules_.idle) {
      ++each;
      continue;
    }
    maker_.clear(each->first);
    each = kept_.erase(each);
  }
}

std::optional<SteadyInstant> Pool::due() const {
  std::optional<SteadyInstant> first;
  const auto consider = [&](SteadyInstant at) {
    if (!first || at < *first) first = at;
  };
  for (const auto& [number, place] : places_) {
    if (place.standing == Standing::Idle) consider(place.since + rules_.idle);
    if (place.deadline) consider(*place.deadline);
  }
  if (!waiting_.empty() && places_.size() < limit()) consider(waiting_.front().since + kSettlingTime);
  for (const auto& [number, since] : kept_) consider(since + rules_.idle);
  return first;
}

void Pool::retire() {
  std::vector<unsigned> idle;
  for (auto& [number, place] : places_) {
    if (place.standing == Standing::Idle) idle.push_back(number);
    place.retired = true;
  }
  for (const unsigned number : idle) drop(number);
}

bool Pool::end_one_idle() {
  const auto found = std::find_if(places_.begin(), places_.end(),
                                  [](const auto& each) { return each.second.standing == Standing::Idle; });
  if (found == places_.end()) return false;
  drop(found->first);
  return true;
}

void Pool::close() {
  closed_ = true;
  auto waiting = std::exchange(waiting_, {});
  waiting_bytes_ = 0;
  for (auto& each : waiting) refuse(each.call, "ServiceException", "stepd is ending.");
}

}  // namespace stepd::functions
