// The two wordings in which AWS answers, by operation. What differs between them is asked here and nowhere else.
#pragma once

#include <cstdint>

namespace stepd::dynamodb {

/// Since June 2026 AWS rolls out a new layer that validates requests. Prefixed: in the new wording, errors of that
/// layer begin with `1 validation error detected: ` (PutItem, UpdateItem, DeleteItem). Old: BatchWriteItem, the
/// transactions and Scan. New: the others.
enum class Wording : std::uint8_t { New, Prefixed, Old };

}  // namespace stepd::dynamodb
