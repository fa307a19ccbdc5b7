// Fn::ForEach of the language extensions: a loop over a written list that makes members of a map (CloudFormation user
// guide: Fn::ForEach).
#pragma once

#include "templates/problems.h"

namespace stepd::templates {

/// Replaces each member `Fn::ForEach::NAME: [VARIABLE, [items], {KEY: VALUE}]` of any map by what it makes:
/// `${VARIABLE}` and `{Ref: VARIABLE}` within become the item. The list holds texts; one that a function gives is an
/// error.
void expand_loops(Node& root, Problems& problems);

}  // namespace stepd::templates
