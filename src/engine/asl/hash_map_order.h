// The iteration order of a java.util.HashMap with string keys, which is the order in which AWS shows some members.
#pragma once

#include <string>
#include <vector>

namespace stepd::asl {

/// Sorts `names`, which are valid UTF-8 and in the order of their insertion.
void order_as_hash_map(std::vector<std::string>& names);

}  // namespace stepd::asl
