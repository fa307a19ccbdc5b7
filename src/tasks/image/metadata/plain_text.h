// Texts out of files, made fit for JSON and for people. It decides nothing about what they mean.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stepd::tasks::image {

/// What one text of a picture's metadata may be long.
inline constexpr std::size_t kTextBytes = 1'024;

/// Cut at the first NUL and at kTextBytes, trimmed, and valid UTF-8 whatever came.
std::string plain_text(std::string_view text);

/// The same for bytes of unknown encoding: UTF-8 where they are, else ISO 8859-1.
std::string plain_text_of_any(std::string_view bytes);

}  // namespace stepd::tasks::image
