// The best format that a client takes, by a list like HTTP's Accept header.
#pragma once

#include "tasks/image/format/sniff.h"

#include <string_view>

namespace stepd::tasks::image {

/// The writable format of the highest weight (RFC 9110 §12.5.1), of equals the one with the smallest files; `fallback`
/// if nothing in the list names a format, and formats that cannot hold what `needs_alpha` and `animated` say, or that
/// cannot be written here, are passed over. Wildcards name no format: who sends them promises nothing.
const FileType* choose_format(std::string_view accept, bool needs_alpha, bool animated, const FileType* fallback);

}  // namespace stepd::tasks::image
