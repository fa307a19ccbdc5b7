// A picture as bare samples, for whoever looks at it with other means than libvips: RGB over white, cut to one
// size. It interprets nothing.
#include "tasks/image/analysis/sample.h"
#include "tasks/image/performers.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks::image {

/// `arguments`: `{width, height}`. `files` of the answer: the samples, row by row.
Result<Work> perform_samples(const Job& job, const std::stop_token&) {
  const Json arguments = job.arguments.json();
  const Size size{arguments.value("width", 0u), arguments.value("height", 0u)};
  STEPD_TRY(const Header header, read_header(job.pictures.front()));
  STEPD_TRY(const Picture sample, decode_small(header, job.limits, size, Fit::Cover));
  STEPD_TRY(const Picture flat, over_white(sample));
  STEPD_TRY(std::string samples, samples_of(flat));
  return Work{Payload(), {std::move(samples)}};
}

}  // namespace stepd::tasks::image
