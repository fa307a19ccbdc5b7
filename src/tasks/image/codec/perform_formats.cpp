// Which formats can be written here and why not the others, for whoever wants to know before the first picture.
#include "tasks/image/codec/writable.h"
#include "tasks/image/performers.h"
#include "tasks/image/resize/resize_options.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks::image {

/// The answer: `{format: why}` of those that cannot be written.
Result<Work> perform_formats(const Job&, const std::stop_token&) {
  Json missing = Json::object();
  for (const auto format : kWritableFormats) {
    if (const auto& why = why_not_writable(format); !why.empty()) missing[std::string(format)] = why;
  }
  return Work{Payload(std::move(missing)), {}};
}

}  // namespace stepd::tasks::image
