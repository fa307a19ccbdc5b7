// Whether a picture's file is whole, as an answer without a word or an error. The rules are in soundness.h.
#include "tasks/image/format/soundness.h"
#include "tasks/image/performers.h"

namespace stepd::tasks::image {

Result<Work> perform_soundness(const Job& job, const std::stop_token&) {
  const auto bytes = job.pictures.front();
  const FileType* type = sniff(bytes.substr(0, kSniffBytes));
  if (type != nullptr) STEPD_CHECK(check_soundness(*type, bytes));
  return Work{};
}

}  // namespace stepd::tasks::image
