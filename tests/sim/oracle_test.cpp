// Random machines over random data, run by the engine under a random schedule with restarts and repeated commands, end
// as the oracle says. STEPD_TEST_SCALE=1 runs ten times as many, STEPD_TEST_SEED=n begins with another seed.
#include "sim/oracle.h"

#include "engine/core/compile.h"
#include "sim/oracle_comparison.h"
#include "sim/random_data.h"
#include "sim/random_data_machine.h"
#include "support/world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace stepd::test {
namespace {

constexpr double kFullSeeds = 10'000;

double setting(const char* name, double otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr ? std::atof(value) : otherwise;
}

class Schedule {
 public:
  Schedule(std::shared_ptr<const asl::Definition> definition, const std::string& input, std::uint64_t seed)
      : world_(std::move(definition)), random_(seed) {
    world_.leave_checking_to_caller();
    world_.answer_with([this](const core::AwaitingTask& task) { return answer(task); });
    world_.start(Payload::parse(input).value());
  }

  /// How the execution ends.
  oracle::Ending run() {
    std::vector<core::Awaited> before = world_.execution().awaited();
    for (int steps = 0; world_.step(random_.draw(1'000)); ++steps) {
      if (steps > 50'000) throw std::runtime_error("it does not end");
      if (random_.one_in(4)) repeat(before);
      if (random_.one_in(8)) world_.restart();
      before = world_.execution().awaited();
    }
    EXPECT_EQ(world_.disagreement(), "");
    const auto& execution = world_.execution();
    if (execution.status() == core::Status::Succeeded) return {comparable(execution.output()->text())};
    return {std::nullopt, execution.failure().error.value_or(""), execution.failure().cause.value_or("")};
  }

 private:
  Answer answer(const core::AwaitingTask& task) {
    Answer answer;
    answer.takes = std::chrono::milliseconds(random_.one_in(2) ? 0 : random_.draw(20'000));
    for (const auto& [id, frame] : world_.execution().frames()) {
      const auto* awaiting = std::get_if<core::AwaitingTask>(&frame.standing);
      if (awaiting == nullptr || awaiting->token != task.token) continue;
      auto made = oracle_reply(frame.state, static_cast<int>(frame.retry_count), task.input.text());
      if (made.result)
        answer.result = Payload::parse(*made.result).value();
      else
        answer.failure = {made.error, made.cause};
    }
    return answer;
  }

  /// Gives commands again that have been obeyed.
  void repeat(const std::vector<core::Awaited>& before) {
    const auto now = world_.execution().awaited();
    for (const auto& each : before) {
      const bool still =
          std::any_of(now.begin(), now.end(), [&](const auto& other) { return other.token == each.token; });
      if (still || each.token == 0) continue;
      EXPECT_TRUE(world_.command(core::command::TaskSuccess{each.frame, each.token, Payload()}).rejection);
      EXPECT_TRUE(world_.command(core::command::WaitElapsed{each.frame, each.token, each.due}).rejection);
    }
  }

  World world_;
  RandomData random_;
};

TEST(Oracle, AgreesWithTheEngine) {
  const auto first = static_cast<std::uint64_t>(setting("STEPD_TEST_SEED", 1));
  const auto count = static_cast<std::uint64_t>(std::max(1.0, kFullSeeds * setting("STEPD_TEST_SCALE", 0.1)));
  std::uint64_t undecided = 0, succeeded = 0, certain = 0;
  for (auto seed = first; seed < first + count; ++seed) {
    const auto machine = random_data_machine(seed);
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + machine.definition + "\n" + machine.input);
    const auto compiled = core::compile_text(machine.definition);
    ASSERT_NE(compiled.definition, nullptr)
        << compiled.diagnostics.front().message << " at " << compiled.diagnostics.front().pointer;
    std::vector<oracle::Ending> allowed;
    try {
      allowed = oracle::run(machine.definition, machine.input, "test", oracle_reply);
    } catch (const oracle::Undecided&) {
      ++undecided;
      continue;
    }
    const auto seen = Schedule(compiled.definition, machine.input, seed).run();
    std::string said;
    for (const auto& ending : allowed) said += "\n  " + shown(ending);
    ASSERT_TRUE(std::any_of(allowed.begin(), allowed.end(), [&](const auto& ending) { return agree(ending, seen); }))
        << "the engine: " << shown(seen) << "\nthe oracle:" << said;
    succeeded += seen.output ? 1 : 0;
    certain += allowed.size() == 1 ? 1 : 0;
  }
  const auto decided = count - undecided;
  RecordProperty("undecided", static_cast<int>(undecided));
  RecordProperty("succeeded", static_cast<int>(succeeded));
  RecordProperty("certain", static_cast<int>(certain));
  if (count < 1'000) return;
  EXPECT_LT(undecided, count / 20);
  EXPECT_GT(succeeded, decided / 3);
  EXPECT_LT(succeeded, decided * 9 / 10);
  EXPECT_GT(certain, decided * 3 / 4) << "the oracle allows too much";
}

}  // namespace
}  // namespace stepd::test
