// What all stores share in storing texts: unpacking a payload, and cutting the cause of a quarantine to its limit.
#pragma once

#include "storage/store.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace stepd::storage {

/// The maximum length of an unpacked payload in bytes. It is far above that of any input or output, and limits the
/// memory that damaged bytes can ask for.
inline constexpr std::size_t kPayloadTextBytes = 16'777'216;

/// The text of a stored payload. Throws StoreError if `packed` is null (the payload is missing) or damaged.
std::string text_of_payload(PayloadId id, const std::string* packed);

/// The first kQuarantineCauseBytes of `cause` at most, cut between UTF-8 characters.
std::string_view cut_cause(std::string_view cause);

}  // namespace stepd::storage
