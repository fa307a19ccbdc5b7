#include "engine/run/activities.h"

#include "base/limits.h"
#include "engine/run/arn.h"
#include "engine/run/refusals.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace stepd::run {
namespace {

/// How long a task waits that could not be handed over because the store took no writes.
constexpr std::chrono::seconds kAgain{1};

}  // namespace

// ---- the desk -------------------------------------------------------------------------------------------------------

/// A task and a worker that are being brought together.
struct ActivityDesk::Match {
  TaskCall call;
  Poller poller;
};

ActivityDesk::ActivityDesk(Loop& loop, const Clock& clock, std::function<bool(const std::string& arn)> exists)
    : loop_(loop), clock_(clock), exists_(std::move(exists)) {}

void ActivityDesk::offer(TaskCall call) {
  loop_.post([this, call = std::move(call)] {
    const auto& arn = call.label.resource;
    try {
      if (!exists_(arn)) return call.done(AslError{"States.Runtime", "The activity does not exist: '" + arn + "'"});
    } catch (const storage::StoreError& error) {
      spdlog::error("{} cannot be read: {}", arn, error.what());
    }
    enqueue(call, false);
    match(arn);
  });
}

void ActivityDesk::withdraw(const std::string& attempt) {
  loop_.post([this, attempt] {
    handed_.erase(attempt);
    const auto found = waiting_.find(attempt);
    if (found == waiting_.end()) return;
    const auto line = lines_.find(found->second->label.resource);
    line->second.tasks.erase(found->second);
    waiting_.erase(found);
    if (line->second.tasks.empty() && line->second.pollers.empty()) lines_.erase(line);
  });
}

std::function<void()> ActivityDesk::poll(PollActivity request, Reply<ActivityTask> reply) {
  const auto id = ++last_poller_;
  loop_.post([this, id, request = std::move(request), reply = std::move(reply)] {
    if (closed_) return reply(ActivityTask{});
    const auto line = lines_.find(request.activity_arn);
    if (line != lines_.end() && line->second.pollers.size() >= limits::kActivityPollers) {
      return reply(refuse(RefusalCode::ActivityWorkerLimitExceeded,
                          "The maximum number of workers concurrently polling for activity tasks has been reached."));
    }
    const auto until = clock_.now() + std::chrono::seconds(limits::kActivityPollSeconds);
    enqueue(request.activity_arn, Poller{id, request.worker, reply, until, {}}, false);
    match(request.activity_arn);
  });
  return [this, id] { loop_.post([this, id] { leave(id); }); };
}

void ActivityDesk::close() {
  loop_.post([this] {
    closed_ = true;
    while (!pollers_.empty()) {
      const auto reply = pollers_.begin()->second.second->reply;
      leave(pollers_.begin()->first);
      reply(ActivityTask{});
    }
  });
}

void ActivityDesk::enqueue(TaskCall call, bool first) {
  auto& tasks = lines_[call.label.resource].tasks;
  const auto attempt = call.attempt;
  waiting_[attempt] = tasks.insert(first ? tasks.begin() : tasks.end(), std::move(call));
}

void ActivityDesk::enqueue(const std::string& arn, Poller poller, bool first) {
  const auto id = poller.id;
  poller.timer = loop_.call_at(poller.until, [this, id] {
    const auto found = pollers_.find(id);
    if (found == pollers_.end()) return;
    const auto reply = found->second.second->reply;
    leave(id);
    reply(ActivityTask{});
  });
  const auto line = lines_.try_emplace(arn).first;
  auto& pollers = line->second.pollers;
  pollers_[id] = {line, pollers.insert(first ? pollers.begin() : pollers.end(), std::move(poller))};
}

void ActivityDesk::leave(std::uint64_t poller) {
  const auto found = pollers_.find(poller);
  if (found == pollers_.end()) return;
  const auto [line, place] = found->second;
  loop_.cancel(place->timer);
  pollers_.erase(found);
  line->second.pollers.erase(place);
  if (line->second.tasks.empty() && line->second.pollers.empty()) lines_.erase(line);
}

void ActivityDesk::match(const std::string& arn) {
  const auto line = lines_.find(arn);
  if (line == lines_.end()) return;
  auto& [tasks, pollers] = line->second;
  while (!tasks.empty() && !pollers.empty()) {
    TaskCall call = std::move(tasks.front());
    Poller poller = std::move(pollers.front());
    tasks.pop_front();
    pollers.pop_front();
    waiting_.erase(call.attempt);
    pollers_.erase(poller.id);
    loop_.cancel(poller.timer);
    serve(std::move(call), std::move(poller));
  }
  if (tasks.empty() && pollers.empty()) lines_.erase(line);
}

void ActivityDesk::serve(TaskCall call, Poller poller) {
  handed_.insert(call.attempt);
  const auto match = std::make_shared<Match>(Match{std::move(call), std::move(poller)});
  match->call.take(match->poller.worker, [this, match](Handover handover) {
    loop_.post([this, match, handover = std::move(handover)] { served(match, handover); });
  });
}

void ActivityDesk::served(const std::shared_ptr<Match>& match, const Handover& handover) {
  const auto& [call, poller] = *match;
  const auto arn = call.label.resource;
  switch (handover.outcome) {
    case Handover::Outcome::Taken: {
      auto lost = [this, taken = match->call] { loop_.post([this, taken] { lose(taken); }); };
      return poller.reply(ActivityTask{handover.token, call.input, std::move(lost)});
    }
    case Handover::Outcome::Gone:
      handed_.erase(call.attempt);
      if (closed_ || poller.until <= clock_.now()) return poller.reply(ActivityTask{});
      enqueue(arn, poller, true);
      return this->match(arn);
    case Handover::Outcome::Unavailable:
      if (handed_.erase(call.attempt) != 0) enqueue(call, true);
      loop_.call_at(clock_.now() + kAgain, [this, arn] { this->match(arn); });
      return poller.reply(unavailable());
  }
}

void ActivityDesk::lose(const TaskCall& call) {
  if (handed_.erase(call.attempt) == 0) return;
  enqueue(call, true);
  match(call.label.resource);
}

// ---- in the store ---------------------------------------------------------------------------------------------------

void Activities::create(CreateActivity request, Reply<CreatedActivity> reply) {
  if (!is_name(request.name)) return reply(refuse(RefusalCode::InvalidName, "Invalid Name: '" + request.name + "'"));
  storage::ActivityRecord record{activity_arn(region_, account_, request.name), std::move(request.name),
                                 std::move(request.configuration), clock_.now()};
  store_.write(storage::PutActivity{record, std::move(request.tags)},
               [this, record, reply = std::move(reply)](storage::Outcome outcome) {
                 if (outcome == storage::Outcome::Committed)
                   return reply(CreatedActivity{record.arn, record.created_at});
                 if (outcome != storage::Outcome::NameTaken) return reply(unavailable());
                 // AWS API reference, CreateActivity: idempotent by name and encryption; later tags change nothing.
                 const auto present = store_.reader().activity(record.arn);
                 if (!present) return reply(unavailable());  // deleted meanwhile
                 if (present->configuration == record.configuration)
                   return reply(CreatedActivity{present->arn, present->created_at});
                 reply(refuse(RefusalCode::ActivityAlreadyExists, "Activity Already Exists: '" + record.arn + "'"));
               });
}

void Activities::remove(std::string arn, Reply<std::monostate> reply) {
  store_.write(storage::DeleteActivity{std::move(arn)}, [reply = std::move(reply)](storage::Outcome outcome) {
    if (outcome == storage::Outcome::Committed) return reply(std::monostate());
    reply(unavailable());
  });
}

bool Activities::has_activity(const std::string& arn) const {
  try {
    return store_.reader().activity(arn).has_value();
  } catch (const storage::StoreError&) {
    return true;
  }
}

}  // namespace stepd::run
