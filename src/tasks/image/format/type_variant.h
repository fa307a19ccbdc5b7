// Which kind of its type a file is: animated or not, lossy or not, the brand within a family. By its first bytes, like
// sniff(); it decodes nothing.
#pragma once

#include "tasks/image/format/sniff.h"

#include <string>
#include <string_view>

namespace stepd::tasks::image {

struct Variant {
  std::string name;       ///< "apng", "gif89a", "lossless", "mif1", "bigtiff", ...; empty for a type that has but one
  bool animated = false;  ///< by what the first bytes announce
};

/// `prefix` is the start of a file of that type, kSniffBytes of it or all.
Variant find_variant(const FileType& type, std::string_view prefix);

}  // namespace stepd::tasks::image
