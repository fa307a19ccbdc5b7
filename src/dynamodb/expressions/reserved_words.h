// The words that stand in an expression only behind a placeholder.
#pragma once

#include <string_view>

namespace stepd::dynamodb {

/// In upper or lower case.
bool is_reserved(std::string_view word);

}  // namespace stepd::dynamodb
