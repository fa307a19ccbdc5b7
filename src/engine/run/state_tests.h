// TestState: one state run by itself. What it evaluates is the core's; here a task that is not mocked is really called.
#pragma once

#include "base/clock.h"
#include "engine/run/gateway.h"
#include "engine/run/loop.h"
#include "engine/run/task_call.h"

#include <string_view>

namespace stepd::run {

/// What a test works with. All of it outlives the reply.
struct StateTestDoors {
  Loop& loop;
  TaskRunner& tasks;
  const Clock& clock;
  std::string_view region;
  std::string_view account;
};

/// A call is given up after the Task's TimeoutSeconds, and after five minutes (AWS API reference: TestState).
/// Thread: any; evaluates on the caller's, and replies on it or on the loop's.
void test_state(const StateTestDoors& doors, const TestState& test, Reply<TestedState> reply);

}  // namespace stepd::run
