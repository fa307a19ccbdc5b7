// Which variables a definition mentions (AWS API reference: DescribeStateMachine, variableReferences).
#pragma once

#include "base/json.h"

#include <map>
#include <set>
#include <string>

namespace stepd::asl {

/// State name -> the variables in its own fields, those of states nested in it left out; states that mention none are
/// not there. `definition` is one that compiles.
std::map<std::string, std::set<std::string>> variable_references(const Json& definition);

}  // namespace stepd::asl
