// SAM's Globals: properties that resources of a type get where they lack them (SAM developer guide: Globals section).
#pragma once

#include "templates/template.h"

#include <vector>

namespace stepd::templates {

/// Maps are merged member by member, and the resource's come first; of lists the global one goes before the resource's;
/// anything else, a function included, is the resource's if it has one. A type or a property that SAM does not take
/// there is an error.
void merge_globals(const Node& globals, std::vector<Resource>& resources, Problems& problems);

}  // namespace stepd::templates
