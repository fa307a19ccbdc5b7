// The variables that a definition refers to (AWS API reference: DescribeStateMachine, variableReferences).
#pragma once

#include "base/json.h"

#include <map>
#include <set>
#include <string>

namespace stepd::asl {

/// Maps each state name to the variables in the state's own fields, without those of nested states. States without
/// variables are left out. `definition` has been compiled without faults.
std::map<std::string, std::set<std::string>> variable_references(const Json& definition);

}  // namespace stepd::asl
