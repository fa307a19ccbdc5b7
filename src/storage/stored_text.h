// Texts as every store keeps and gives them back: a payload as the text of an input or output, and the cause of a
// quarantine within its limit.
#pragma once

#include "storage/store.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace stepd::storage {

/// Of one payload, unpacked: far above any input or output, so that damaged bytes cannot ask for more memory than this.
inline constexpr std::size_t kPayloadTextBytes = 16'777'216;

/// Throws StoreError: the payload is not there (null), or is damaged.
std::string text_of_payload(PayloadId id, const std::string* packed);

/// At most kQuarantineCauseBytes, cut between characters of UTF-8.
std::string_view cut_cause(std::string_view cause);

}  // namespace stepd::storage
