#include "tasks/image/codec/colour_profile.h"

#include "tasks/image/format/png_colour.h"

#include <lcms2.h>
#include <vips/vips.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

namespace stepd::tasks::image {
namespace {

using Context = std::unique_ptr<_cmsContext_struct, decltype(&cmsDeleteContext)>;
using Profile = std::unique_ptr<void, decltype(&cmsCloseProfile)>;
using Curve = std::unique_ptr<cmsToneCurve, decltype(&cmsFreeToneCurve)>;

std::string_view embedded_profile(const Picture& picture) {
  const void* bytes = nullptr;
  std::size_t size = 0;
  if (vips_image_get_typeof(picture.get(), VIPS_META_ICC_NAME) == 0 ||
      vips_image_get_blob(picture.get(), VIPS_META_ICC_NAME, &bytes, &size) != 0) {
    return {};
  }
  return {static_cast<const char*>(bytes), size};
}

/// ICC.1:2010 §7.2.6 (data colour space); of a profile that cannot be read at all too, which whoever uses it finds out.
ProfileSpace space_named_in(std::string_view profile) {
  if (profile.empty()) return ProfileSpace::None;
  const auto space = profile.size() >= 20 ? profile.substr(16, 4) : std::string_view();
  if (space == "GRAY") return ProfileSpace::Grey;
  if (space == "RGB ") return ProfileSpace::Rgb;
  if (space == "CMYK") return ProfileSpace::Cmyk;
  return ProfileSpace::Other;
}

bool is_print(const Picture& picture) {
  return vips_image_get_interpretation(picture.get()) == VIPS_INTERPRETATION_CMYK;
}

int colour_channels(const Picture& picture) {
  return vips_image_get_bands(picture.get()) - (vips_image_hasalpha(picture.get()) != 0 ? 1 : 0);
}

bool fits(ProfileSpace space, const Picture& picture) {
  if (is_print(picture)) return space == ProfileSpace::Cmyk;
  if (vips_image_get_interpretation(picture.get()) == VIPS_INTERPRETATION_LAB) return false;
  const int channels = colour_channels(picture);
  if (space == ProfileSpace::Grey) return channels == 1;
  return space == ProfileSpace::Rgb && (channels == 1 || channels == 3);
}

/// Empty if it cannot be made.
std::string write_profile(cmsHPROFILE profile) {
  cmsUInt32Number size = 0;
  if (profile == nullptr || cmsSaveProfileToMem(profile, nullptr, &size) == 0) return {};
  std::string bytes(size, '\0');
  if (cmsSaveProfileToMem(profile, bytes.data(), &size) == 0) return {};
  // ICC.1:2010 §7.2: the date of making, and the identifier that is computed of it. A repeat has to write the same.
  std::fill_n(bytes.begin() + 24, 12, '\0');
  std::fill_n(bytes.begin() + 84, 16, '\0');
  return bytes;
}

std::string profile_of(const PngColour& colour, bool grey) {
  const Context context(cmsCreateContext(nullptr, nullptr), cmsDeleteContext);
  // IEC 61966-2-1: what chromaticities without a gamma leave open.
  constexpr cmsFloat64Number kSrgbCurve[] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
  const Curve curve(colour.gamma > 0 ? cmsBuildGamma(context.get(), 1 / colour.gamma)
                                     : cmsBuildParametricToneCurve(context.get(), 4, kSrgbCurve),
                    cmsFreeToneCurve);
  if (curve == nullptr) return {};
  if (grey) {
    const Profile profile(cmsCreateGrayProfileTHR(context.get(), cmsD50_xyY(), curve.get()), cmsCloseProfile);
    return write_profile(profile.get());
  }
  const auto c = colour.chromaticities.value_or(std::array<double, 8>{0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06});
  const cmsCIExyY white{c[0], c[1], 1};
  const cmsCIExyYTRIPLE primaries{{c[2], c[3], 1}, {c[4], c[5], 1}, {c[6], c[7], 1}};
  cmsToneCurve* const curves[] = {curve.get(), curve.get(), curve.get()};
  const Profile profile(cmsCreateRGBProfileTHR(context.get(), &white, &primaries, curves), cmsCloseProfile);
  return write_profile(profile.get());
}

/// A copy, for the fields of a picture that others share must not change.
bool copy_fields(Picture& picture) {
  return apply(picture, [](VipsImage* in, VipsImage** out) { return vips_copy(in, out, nullptr); });
}

bool attach(Picture& picture, const std::string& profile) {
  if (profile.empty()) return true;
  if (!copy_fields(picture)) return false;
  vips_image_set_blob_copy(picture.get(), VIPS_META_ICC_NAME, profile.data(), profile.size());
  return true;
}

}  // namespace

ProfileSpace profile_space(const Picture& picture) { return space_named_in(embedded_profile(picture)); }

bool drop_profile(Picture& picture) {
  if (embedded_profile(picture).empty()) return true;
  if (!copy_fields(picture)) return false;
  vips_image_remove(picture.get(), VIPS_META_ICC_NAME);
  return true;
}

bool settle_profile(Picture& picture, const Header& header) {
  const auto space = profile_space(picture);
  if (space != ProfileSpace::None) return fits(space, picture) || drop_profile(picture);
  const auto colour = find_png_colour(header.bytes);
  return !colour || attach(picture, profile_of(*colour, colour_channels(picture) == 1));
}

}  // namespace stepd::tasks::image
