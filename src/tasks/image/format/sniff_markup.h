// Tells SVG and PDF apart from other text. It finds the root element only and parses no further.
#pragma once

#include <string_view>

namespace stepd::tasks::image {

/// "svg", "pdf" or "".
std::string_view sniff_markup(std::string_view bytes);

}  // namespace stepd::tasks::image
