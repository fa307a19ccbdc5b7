#include "tasks/image/metadata/icc.h"

#include "tasks/image/metadata/plain_text.h"

#include <lcms2.h>

#include <memory>

namespace stepd::tasks::image {

std::optional<std::string> profile_name(std::string_view profile) {
  if (profile.empty()) return std::nullopt;
  // A context of its own: in the common one libvips listens for errors.
  const std::unique_ptr<_cmsContext_struct, decltype(&cmsDeleteContext)> context(cmsCreateContext(nullptr, nullptr),
                                                                                 cmsDeleteContext);
  const std::unique_ptr<void, decltype(&cmsCloseProfile)> opened(
      cmsOpenProfileFromMemTHR(context.get(), profile.data(), static_cast<cmsUInt32Number>(profile.size())),
      cmsCloseProfile);
  if (opened == nullptr) return std::nullopt;
  std::string name(kTextBytes, '\0');
  const auto size = cmsGetProfileInfoASCII(opened.get(), cmsInfoDescription, "en", "US", name.data(),
                                           static_cast<cmsUInt32Number>(name.size()));
  name = plain_text(name.substr(0, size));
  if (name.empty()) return std::nullopt;
  return name;
}

}  // namespace stepd::tasks::image
