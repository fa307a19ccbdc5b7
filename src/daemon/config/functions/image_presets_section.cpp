#include "daemon/config/functions/image_presets_section.h"

#include "base/json_pointer.h"

#include <nlohmann/json.hpp>

namespace stepd::daemon {

tasks::ImagePresets read_image_presets(Mapping& root) {
  tasks::ImagePresets presets;
  presets.only = root.flag("image_presets_only", false);
  const Json* named = root.object("image_presets", false);
  if (named == nullptr) {
    if (presets.only) root.fault("image_presets_only", "image_presets_only: there are no image_presets to name");
    return presets;
  }
  for (const auto& preset : named->items()) {
    if (const auto checked = tasks::image::check_preset(preset.value()); !checked) {
      const auto at = child_pointer(root.pointer_to("image_presets"), preset.key());
      root.reading().faults.push_back(
          {asl::Severity::Error, "CONFIGURATION", "preset " + preset.key() + ": " + checked.error().cause, at});
    }
    presets.named.emplace(preset.key(), Payload(preset.value()));
  }
  return presets;
}

}  // namespace stepd::daemon
