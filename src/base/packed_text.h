// Texts as they are kept: compressed where that makes them smaller. It is no format for other programs, and it knows
// nothing of what the text means.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace stepd {

/// Below this many bytes a text is kept plain: the compressor costs more time there and wins little.
inline constexpr std::size_t kPackedFromBytes = 1'024;

/// A byte that names the form, then the text itself or one frame of zstd at level 1 with its checksum. Thread: any;
/// each thread that packs keeps a compressor (0.6 MB) until it ends.
std::string pack_text(std::string_view text);

/// Nothing if `bytes` are not what pack_text() answers, or if the text has more than `bytes_max` bytes: the frame says
/// how many it has, and that is checked before memory is taken.
std::optional<std::string> unpack_text(std::string_view bytes, std::size_t bytes_max);

/// How many bytes the text has, without unpacking it; nothing if `bytes` are not what pack_text() answers.
std::optional<std::size_t> unpacked_size(std::string_view bytes);

}  // namespace stepd
