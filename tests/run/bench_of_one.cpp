#include "run/bench_of_one.h"

#include "engine/run/arn.h"

#include <gtest/gtest.h>

namespace stepd::test {

void HeldStore::write(storage::Write write, storage::Committed done) {
  if (!std::holds_alternative<storage::ExecutionDelta>(write)) return inner_->write(std::move(write), std::move(done));
  if (held) {
    waiting_.emplace_back(std::move(write), std::move(done));
  } else {
    pass_on(std::move(write), std::move(done));
  }
}

void HeldStore::release() {
  held = false;
  for (auto& [write, done] : std::exchange(waiting_, {})) pass_on(std::move(write), std::move(done));
}

void HeldStore::pass_on(storage::Write write, storage::Committed done) {
  if (!refusals.empty()) {
    const auto refusal = refusals.front();
    refusals.pop_front();
    return done(refusal);
  }
  ++deltas;
  inner_->write(std::move(write), std::move(done));
}

void HandAnsweredTasks::start(run::TaskCall call) {
  call.done = [this, attempt = call.attempt, done = std::move(call.done)](Result<Payload> result) {
    const auto answer = done;  // this function may be the one in `open`
    open.erase(std::string(attempt));
    answer(std::move(result));
  };
  open[call.attempt] = std::move(call);
}

BenchOfOne::BenchOfOne() : machines("us-east-1", "123456789012", store, clock) { open(); }

void BenchOfOne::open() {
  loop = std::make_unique<run::Loop>("test", clock);
  run::ShardDoors doors{
      .store = store, .machines = machines, .tasks = tasks, .clock = clock, .region = "us-east-1", .fatal = [this] {
        ++fatal;
      }};
  doors.max_open = max_open;
  doors.express_limit = express_limit;
  doors.express_bytes_max = express_bytes_max;
  doors.listeners = listeners;
  doors.resting_max = resting_max;
  doors.throttles = throttles.get();
  doors.paused = paused;
  doors.quarantine = quarantine.get();
  doors.read_off_loop = [this](std::function<void()> job) { hold_reads ? reads.push_back(std::move(job)) : job(); };
  shard = std::make_unique<run::Shard>(*loop, std::move(doors));
}

void BenchOfOne::restart() {
  shard.reset();
  loop.reset();
  tasks.open.clear();
  tasks.cancelled.clear();
  open();
  store.load_open([&](const storage::OpenExecution& open) { shard->adopt(open); }, [](auto&&...) {});
}

std::string BenchOfOne::create(const std::string& definition, const std::string& name) {
  return create({name, definition, "arn:aws:iam::123456789012:role/r"});
}

std::string BenchOfOne::create_express(const std::string& definition, const std::string& name) {
  return create({name, definition, "arn:aws:iam::123456789012:role/r", storage::StateMachineType::Express});
}

std::string BenchOfOne::create(run::CreateStateMachine request) {
  std::string arn;
  machines.create(std::move(request), [&](run::Answer<run::CreatedStateMachine> answer) {
    ASSERT_TRUE(answer.has_value()) << answer.error().message;
    arn = answer->arn;
  });
  return arn;
}

run::CheckedStart BenchOfOne::checked(const std::string& machine_arn, const std::string& arn, const std::string& name,
                                      const std::string& input) {
  run::CheckedStart checked{storage::ExecutionId{++last_id_}, arn,         name, machines.newest(machine_arn),
                            *Payload::parse(input),           trace_header};
  checked.lineage = lineage;
  return checked;
}

std::shared_ptr<BenchOfOne::StartAnswer> BenchOfOne::start(const std::string& machine_arn, const std::string& name,
                                                           const std::string& input) {
  return start(checked(machine_arn, run::execution_arn(machine_arn, name), name, input));
}

std::shared_ptr<BenchOfOne::StartAnswer> BenchOfOne::start_express(const std::string& machine_arn,
                                                                   const std::string& name) {
  const auto arn = run::express_execution_arn(machine_arn, name, std::to_string(last_id_));
  return start(checked(machine_arn, arn, name, "{}"));
}

std::shared_ptr<BenchOfOne::StartAnswer> BenchOfOne::start(run::CheckedStart start) {
  auto answer = std::make_shared<StartAnswer>();
  shard->starts().start(std::move(start), [answer](run::Answer<run::StartedExecution> given) {
    answer->answered = true;
    if (given.has_value())
      answer->arn = given->arn;
    else
      answer->refusal = given.error();
  });
  return answer;
}

std::shared_ptr<std::optional<run::Answer<run::EndedExecution>>> BenchOfOne::run_express(const std::string& machine_arn,
                                                                                         const std::string& name,
                                                                                         const std::string& input) {
  auto answer = std::make_shared<std::optional<run::Answer<run::EndedExecution>>>();
  const auto arn = run::express_execution_arn(machine_arn, name, std::to_string(last_id_));
  shard->starts().run(checked(machine_arn, arn, name, input),
                      [answer](auto given) { answer->emplace(std::move(given)); });
  return answer;
}

std::shared_ptr<std::optional<run::Answer<run::StoppedExecution>>> BenchOfOne::stop(const std::string& execution_arn) {
  auto answer = std::make_shared<std::optional<run::Answer<run::StoppedExecution>>>();
  shard->stop({execution_arn, "Enough", "of it"}, [answer](auto given) { answer->emplace(std::move(given)); });
  return answer;
}

void BenchOfOne::advance(std::chrono::milliseconds by) {
  clock.advance(by);
  settle();
}

}  // namespace stepd::test
