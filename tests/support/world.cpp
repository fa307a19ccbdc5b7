#include "support/world.h"

#include "engine/core/codec.h"
#include "engine/core/history.h"
#include "engine/core/redrive.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using namespace core;

/// Numbers payloads by their texts, so that equal executions have equal bytes.
class TextPayloads final : public PayloadNumbers, public StoredPayloads {
 public:
  std::int64_t number_of(const Payload& payload) override {
    const auto [place, fresh] = numbers_.try_emplace(payload.text(), static_cast<std::int64_t>(texts_.size()) + 1);
    if (fresh) texts_.push_back(place->first);
    return place->second;
  }
  Payload find(std::int64_t number) override {
    if (number < 1 || static_cast<std::size_t>(number) > texts_.size()) throw CodecError("there is no such payload");
    return Payload::trusted(texts_[static_cast<std::size_t>(number) - 1]);
  }

 private:
  std::map<std::string, std::int64_t> numbers_;
  std::vector<std::string> texts_;
};

TextPayloads& payloads() {
  static thread_local TextPayloads all;
  return all;
}

/// Everything that a frame is, as bytes.
std::map<FrameId, std::string> print(const Execution& execution) {
  std::map<FrameId, std::string> frames;
  for (const auto& [id, frame] : execution.frames())
    frames[id] = Snapshot::cold(frame, payloads()) + Snapshot::hot(frame, payloads());
  return frames;
}

std::string difference(const Execution& a, const Execution& b, const std::string& what) {
  if (print(a) != print(b)) return what + ": its frames differ";
  if (a.status() != b.status()) return what + ": its status differs";
  if (Snapshot::head(a) != Snapshot::head(b)) return what + ": its head differs";
  if (a.awaited() != b.awaited()) return what + ": something else is awaited";
  if (a.next_ready() != b.next_ready()) return what + ": another frame is next";
  return "";
}

std::string name_in(const Json& entry) {
  for (const auto& [key, details] : entry.items()) {
    if (!key.ends_with("Details") || !details.is_object()) continue;
    std::string text;
    if (details.contains("name")) text += " " + details["name"].get<std::string>();
    if (details.contains("index")) text += "[" + std::to_string(details["index"].get<int>()) + "]";
    if (details.contains("error")) text += " " + details["error"].get<std::string>();
    return text;
  }
  return "";
}

}  // namespace

World::World(std::shared_ptr<const asl::Definition> definition, std::uint64_t seed)
    : definition_(std::move(definition)), seed_(seed) {}

void World::script(const std::string& name, std::vector<Answer> answers) { scripts_[name] = std::move(answers); }

void World::start(Payload input) {
  Identity identity{"arn:aws:states:us-east-1:123456789012:execution:machine:test",
                    "test",
                    "arn:aws:states:us-east-1:123456789012:stateMachine:machine",
                    "machine",
                    "arn:aws:iam::123456789012:role/test",
                    "us-east-1",
                    "a secret of 16 b"};
  command(command::Start{std::move(identity), std::move(input)});
}

Decision World::command(Command command) {
  const bool was_running = execution_.status() == Status::Running;
  auto decision = decide(*definition_, execution_, command, {now_, seed_++, nullptr, this});
  if (decision.rejection) {
    EXPECT_TRUE(decision.events.empty()) << "a refused command made events";
  } else {
    EXPECT_TRUE(was_running || std::holds_alternative<command::Redrive>(command)) << "an ended execution went on";
  }
  store(decision.events);
  if (checks_) {
    EXPECT_EQ(disagreement(), "");
  }
  return decision;
}

Decision World::redrive() {
  auto wreck = find_wreck(events_);
  if (!wreck) throw std::logic_error("only what ended badly is redriven");
  auto frames = std::make_shared<const std::vector<Frame>>(std::move(wreck->frames));
  return command(command::Redrive{now_, std::move(frames), std::move(wreck->rescheduled)});
}

void World::store(const std::vector<Event>& events) {
  events_.insert(events_.end(), events.begin(), events.end());
  head_ = Snapshot::head(execution_);
  const auto& changes = execution_.changes();
  for (const auto id : changes.cold) {
    if (const auto* frame = execution_.find(id)) cold_[id] = Snapshot::cold(*frame, payloads());
  }
  for (const auto id : changes.hot) {
    if (const auto* frame = execution_.find(id)) hot_[id] = Snapshot::hot(*frame, payloads());
  }
  for (const auto id : changes.dropped) {
    cold_.erase(id);
    hot_.erase(id);
  }
  execution_.changes_stored();
}

std::string World::disagreement() const {
  if (!execution_.started()) return "";
  Execution folded;
  for (const auto& event : events_) absorb(folded, decode_event(encode(event, payloads()), payloads()));
  auto found = difference(folded, execution_, "folded from the events");
  if (!found.empty() || execution_.status() != Status::Running) return found;
  std::vector<Snapshot::FrameParts> parts;
  for (const auto& [id, cold] : cold_) parts.push_back({id, cold, hot_.at(id)});
  try {
    return difference(Snapshot::restore(head_, execution_.input(), parts, payloads()), execution_,
                      "restored from the store");
  } catch (const CodecError& error) {
    return error.what();
  }
}

void World::restart() {
  std::vector<Snapshot::FrameParts> parts;
  for (const auto& [id, cold] : cold_) parts.push_back({id, cold, hot_.at(id)});
  if (execution_.status() != Status::Running) return;
  execution_ = Snapshot::restore(head_, execution_.input(), parts, payloads());
  // Calls end with the process; who has a token has it still.
  for (const auto& awaited : execution_.awaited()) {
    if (awaited.kind == Awaited::Kind::Task) under_way_.erase(awaited.token);
  }
}

Answer World::next_answer(const AwaitingTask& task) {
  if (respond_) return respond_(task);
  const auto& label = task.label;
  const auto resource = label.type.empty() ? label.resource : label.type + ":" + label.resource;
  for (const auto& [name, answers] : scripts_) {
    if (!resource.ends_with(name)) continue;
    auto& call = calls_[name];
    return answers[std::min(call++, answers.size() - 1)];
  }
  return {};
}

std::vector<World::Due> World::possible() const {
  std::vector<Due> all;
  for (const auto& awaited : execution_.awaited()) {
    const auto [kind, frame, token, due, absolute] = awaited;
    switch (kind) {
      case Awaited::Kind::Continue:
        all.push_back({now_, command::Continue{}});
        break;
      case Awaited::Kind::Timer:
        all.push_back({due, command::WaitElapsed{frame, token, due}});
        break;
      case Awaited::Kind::TaskTimeout:
        all.push_back({due, command::TaskTimeoutElapsed{frame, token, due}});
        break;
      case Awaited::Kind::TaskHeartbeat:
        all.push_back({due, command::TaskHeartbeatElapsed{frame, token, due}});
        break;
      case Awaited::Kind::ExecutionTimeout:
        all.push_back({due + late_, command::ExecutionTimeoutElapsed{due}});
        break;
      case Awaited::Kind::Task:
        if (!under_way_.contains(token)) {
          all.push_back({now_, command::TaskStart{frame, token, "worker"}});
          break;
        }
        if (std::get<AwaitingTask>(execution_.frame(frame).standing).label.pattern() !=
            asl::Resource::Pattern::RequestResponse) {
          all.push_back({now_, command::TaskSubmit{frame, token, Payload(Json{{"submitted", token}})}});
          break;
        }
        [[fallthrough]];
      case Awaited::Kind::Answer:
      case Awaited::Kind::Child: {
        const auto& [at, answer] = under_way_.at(token);
        if (answer.never) break;
        if (answer.result)
          all.push_back({at, command::TaskSuccess{frame, token, *answer.result}});
        else
          all.push_back({at, command::TaskFailure{frame, token, answer.failure}});
      }
    }
  }
  for (auto& due : all) due.at = std::max(due.at, now_);
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  return all;
}

bool World::step(std::uint64_t choice) {
  const auto all = possible();
  if (all.empty()) return false;
  const auto same = static_cast<std::uint64_t>(
      std::count_if(all.begin(), all.end(), [&](const auto& due) { return due.at == all.front().at; }));
  const auto due = all[choice % same];
  now_ = due.at;
  if (const auto* start = std::get_if<command::TaskStart>(&due.command)) {
    const auto task = std::get<AwaitingTask>(execution_.frame(start->frame).standing);
    auto answer = next_answer(task);
    if (!answer.result && !answer.failure.error && !answer.failure.cause) answer.result = task.input;
    under_way_[start->token] = {now_ + answer.takes, answer};
  }
  command(due.command);
  return true;
}

bool World::run(std::size_t steps) {
  for (std::size_t i = 0; i < steps; ++i) {
    if (!step()) return true;
  }
  return false;
}

void World::run_for(std::chrono::milliseconds span) {
  const auto until = now_ + span;
  for (auto next = possible(); !next.empty() && next.front().at <= until; next = possible()) step();
  now_ = until;
}

std::vector<std::string> World::history() const {
  std::vector<std::string> lines;
  for (const auto& event : events_) {
    if (event.history_id == 0) continue;
    const auto entry = history_of(event, Payloads::Included);
    lines.push_back(std::to_string(event.history_id) + "<" + std::to_string(event.previous_id) + " " +
                    entry["type"].get<std::string>() + name_in(entry));
  }
  return lines;
}

}  // namespace stepd::test
