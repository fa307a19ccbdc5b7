// Checks the transitions within one workflow: every target exists, every state can be reached, and a state ends the
// workflow.
#pragma once

#include "engine/asl/definition.h"
#include "engine/asl/diagnostic.h"

#include <string>
#include <string_view>
#include <vector>

namespace stepd::asl {

struct Transition {
  std::string target;
  std::string pointer;         ///< of the field that names the target
  std::string_view from = {};  ///< the state that has the field; empty for StartAt
};

/// Reports in AWS's order: missing targets, then either the missing end or the states that cannot be reached. `pointer`
/// is that of the workflow; "" is the whole machine. If `templated`, targets with a ${placeholder} and states with
/// faults of their own are assumed to be correct.
void check_transitions(const Workflow& workflow, const std::vector<Transition>& transitions, const std::string& pointer,
                       bool templated, Diagnostics& diagnostics);

}  // namespace stepd::asl
