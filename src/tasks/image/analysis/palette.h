// The colours of a picture, counted: their average, the one that most of it has, and the few that make it up.
// It sees samples only; how they were decoded is sample.h's.
#pragma once

#include "base/json.h"

#include <string_view>

namespace stepd::tasks::image {

/// `{average, dominant, palette: [{colour, share}, ...]}` of samples in RGB or, with four `bands`, RGBA; colours as
/// `#rrggbb`. Counted are pixels that are at least half opaque; without one, the colours are null and the palette
/// empty. The palette has at most six colours, the commonest first, with their shares of what was counted.
Json count_colours(std::string_view samples, int bands);

}  // namespace stepd::tasks::image
