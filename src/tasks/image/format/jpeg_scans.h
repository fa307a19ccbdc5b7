// Counts the scans of a JPEG, because each of them may make the decoder walk over the whole picture again.
// It reads markers only and accepts whatever it does not understand.
#pragma once

#include <cstddef>
#include <string_view>

namespace stepd::tasks::image {

/// Counts no further than `enough`.
std::size_t count_jpeg_scans(std::string_view bytes, std::size_t enough);

}  // namespace stepd::tasks::image
