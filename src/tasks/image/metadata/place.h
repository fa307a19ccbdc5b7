// Which names of metadata tell where a picture was taken.
#pragma once

#include <string_view>

namespace stepd::tasks::image {

/// Whether a property of that name, of XMP, IPTC or a camera's maker, is a place or a part of one: GPSLatitude, City,
/// Country, LocationShown, ... A creator's address is none.
bool names_place(std::string_view name);

}  // namespace stepd::tasks::image
