// The form in which payload texts are stored: compressed if that makes them smaller.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace stepd {

/// A shorter text, in bytes, is stored plain unless told otherwise, as compression costs time there and saves little.
inline constexpr std::size_t kPackedFromBytes = 1'024;

/// A byte that names the form, then the text itself or one frame of zstd with its checksum. Thread: any;
/// each thread that packs keeps a compressor (0.6 MB) until it ends.
std::string pack_text(std::string_view text, std::size_t compressed_from = kPackedFromBytes);

/// None if `bytes` are not a result of pack_text(), or if the text has more than `bytes_max` bytes. The length is
/// checked before memory is allocated.
std::optional<std::string> unpack_text(std::string_view bytes, std::size_t bytes_max);

/// The length of the text in bytes, without unpacking it; none if `bytes` are not a result of pack_text().
std::optional<std::size_t> unpacked_size(std::string_view bytes);

}  // namespace stepd
