#include "tasks/image/job.h"

#include "tasks/image/performers.h"

namespace stepd::tasks::image {
namespace {

struct PerformerOfKind {
  std::string_view kind;
  Performer* perform;
};

// A new kind of work is a performer in a file of its own, its declaration in performers.h, and one line here.
constexpr PerformerOfKind kPerformers[] = {
    {"formats", perform_formats}, {"metadata", perform_metadata},   {"resize", perform_resize},
    {"samples", perform_samples}, {"soundness", perform_soundness},
};

class ThisProcess final : public Workplace {
 public:
  Result<Work> perform(const Job& job, const std::stop_token& stop) override { return image::perform(job, stop); }
};

}  // namespace

Result<Work> perform(const Job& job, const std::stop_token& stop) {
  for (const auto& entry : kPerformers) {
    if (entry.kind == job.kind) return entry.perform(job, stop);
  }
  return AslError{"Handler.Failed", "There is no work on pictures of the kind " + job.kind + "."};
}

Workplace& this_process() {
  static ThisProcess workplace;
  return workplace;
}

}  // namespace stepd::tasks::image
