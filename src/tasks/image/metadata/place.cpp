#include "tasks/image/metadata/place.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace stepd::tasks::image {

bool names_place(std::string_view name) {
  // IPTC Photo Metadata Standard, Photoshop's namespace, and IIM under the names of iptc.cpp.
  constexpr std::array<std::string_view, 8> kWhole{"city",        "sublocation", "provincestate", "country",
                                                   "countrycode", "countryname", "worldregion",   "geotag"};
  // Also within others: GPSLatitude, drone-dji:GpsLongitude, LocationCreated, xmpDM:shotLocation, AbsoluteAltitude.
  constexpr std::array<std::string_view, 5> kParts{"gps", "latitude", "longitude", "altitude", "location"};
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return std::find(kWhole.begin(), kWhole.end(), lower) != kWhole.end() ||
         std::any_of(kParts.begin(), kParts.end(),
                     [&](std::string_view part) { return lower.find(part) != std::string::npos; });
}

}  // namespace stepd::tasks::image
