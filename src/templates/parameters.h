// The Parameters of a template: which values are right (CloudFormation user guide: CloudFormation template Parameters
// syntax).
#pragma once

#include "templates/problems.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace stepd::templates {

using ParameterValues = std::map<std::string, Node, std::less<>>;

struct ParameterSources {
  const ParameterValues& given;     ///< a text, or a list of texts
  const ParameterValues& defaults;  ///< come before those of the template
  const Node* stored = nullptr;     ///< values of SSM parameters by name, for types AWS::SSM::Parameter::Value<...>
};

/// Texts, and lists of texts where the type is a list. Whatever has no value is told in one error. Values of NoEcho
/// parameters are added to `secrets`, and no problem shows them. A given name that is not declared is an error.
ParameterValues read_parameters(const Node& declarations, const ParameterSources& sources, Problems& problems,
                                std::vector<std::string>& secrets);

}  // namespace stepd::templates
