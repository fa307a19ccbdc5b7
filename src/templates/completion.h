// The end of a conversion, when all resources are known: subscribers reach their topics, routes their stages, and what
// leads to something that is not served is taken out.
#pragma once

#include "templates/part.h"

namespace stepd::templates {

/// Afterwards every target of the project is in the project. Two parts of one kind with one name are an error.
void complete(Draft& draft, Problems& problems);

}  // namespace stepd::templates
