#include "daemon/image_formats.h"

#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>

namespace stepd::daemon {

void report_image_formats(tasks::image::Workplace& workplace) {
  const auto work = workplace.perform({"formats", Payload(), {}, {}}, {});
  if (!work) {
    spdlog::warn("which formats pictures can be written in could not be tried: {}", work.error().cause);
    return;
  }
  const Json missing = work->answer.json();
  for (const auto& [format, why] : missing.items()) {
    spdlog::warn("pictures cannot be written as {}: {}; a task that asks for it fails with Image.CannotWrite", format,
                 why.get_ref<const std::string&>());
  }
}

}  // namespace stepd::daemon
