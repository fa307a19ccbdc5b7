// What leads where within one workflow: every target exists, every state is reached, and something ends it.
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
  std::string_view from = {};  ///< the state that leads there; empty for StartAt
};

/// AWS's order: missing targets, then either the missing end or the states that nothing leads to. `pointer` is the
/// workflow's own; "" is the whole machine. A target with a ${placeholder} is given the benefit of the doubt when
/// `templated`, and so is a state that is wrong by itself.
void check_transitions(const Workflow& workflow, const std::vector<Transition>& transitions, const std::string& pointer,
                       bool templated, Diagnostics& diagnostics);

}  // namespace stepd::asl
