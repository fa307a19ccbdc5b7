// IPTC-IIM as JSON: the captions, keywords and credits that news agencies write into pictures. It reads record 2, the
// picture's own, and nothing that describes the transmission.
#pragma once

#include "base/json.h"

#include <string_view>

namespace stepd::tasks::image {

/// `{Name: text, Keywords: [text, ...], ...}` of a block as JPEG (Photoshop's resources) or TIFF (bare) holds it; empty
/// if there is nothing to read. What may stand several times is an array of at most 100. Texts as plain_text(). With
/// `place` false no name of a place is read.
Json read_iptc(std::string_view block, bool place);

}  // namespace stepd::tasks::image
