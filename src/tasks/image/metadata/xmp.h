// XMP as JSON: what editing programs write into pictures as RDF. It reads XMP's own use of RDF and of that no
// qualifiers but languages; a document type, with which XML can make much of little, is refused.
#pragma once

#include "base/json.h"

#include <string>
#include <string_view>

namespace stepd::tasks::image {

/// `{prefix: {name: value}}`; `unread` becomes a sentence that says why the rest was not read, if it was not.
/// Properties stand under the prefix that their namespace usually has (`dc`, `xmp`, `photoshop`), else under the file's
/// own or, where that is taken, the namespace itself. A Bag or Seq is an array, an Alt of languages `{language: text}`,
/// a structure an object. Texts as plain_text(). With `place` false no property is read that tells where: coordinates,
/// or a place by its name. Read are at most 1 MiB, 32 levels, 4,000 elements and 64 KiB of text.
Json read_xmp(std::string_view packet, bool place, std::string& unread);

}  // namespace stepd::tasks::image
