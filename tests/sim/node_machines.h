// Random state machines for a simulated node: every state type, every way in which a task is answered, executions that
// start others. Small, so that many fit into one run.
#pragma once

#include "base/json.h"
#include "sim/chance.h"

#include <string>
#include <vector>

namespace stepd::test {

struct NodeMachineOptions {
  bool express = false;               ///< what EXPRESS ones may have alone
  std::string activity;               ///< ARN; empty: there is none
  std::vector<std::string> children;  ///< ARNs of state machines that it may start
  int depth = 2;                      ///< of Parallel and Map states
};

/// A definition. Its input is an object with a list `items`.
Json random_node_machine(Chance& chance, const NodeMachineOptions& options);

}  // namespace stepd::test
