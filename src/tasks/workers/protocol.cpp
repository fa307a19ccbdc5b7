#include "tasks/workers/protocol.h"

#include "tasks/workers/memory_file.h"

namespace stepd::tasks::workers {
namespace {

struct JobHead {
  ImageLimits limits;
  std::uint32_t kind_bytes = 0;
};

struct ReportHead {
  std::uint64_t peak_bytes = 0;
  std::uint32_t name_bytes = 0;  ///< of an error; 0 where the work was done
};

// A text for people; a worker that was taken over could send any length.
constexpr std::size_t kCauseBytes = 4'096;
constexpr std::size_t kNameBytes = 100;

}  // namespace

std::string encode_job(const image::Job& job) {
  // A member that is added to Job has to be sent as well: this line does not compile without it.
  const auto& [kind, arguments, limits, pictures] = job;
  const JobHead head{limits, static_cast<std::uint32_t>(kind.size())};
  std::string text(bytes_of(head));
  text += kind;
  text += arguments.text();
  return text;
}

std::optional<image::Job> decode_job(std::string_view text) {
  if (text.size() < sizeof(JobHead)) return std::nullopt;
  const auto head = *read_bytes<JobHead>(text.substr(0, sizeof(JobHead)));
  text.remove_prefix(sizeof(JobHead));
  if (head.kind_bytes > text.size()) return std::nullopt;
  return image::Job{std::string(text.substr(0, head.kind_bytes)),
                    Payload::trusted(std::string(text.substr(head.kind_bytes))),
                    head.limits,
                    {}};
}

std::string encode_report(const Report& report) {
  ReportHead head{report.peak_bytes, 0};
  if (report.result) return std::string(bytes_of(head)) + report.result->answer.text();
  head.name_bytes = static_cast<std::uint32_t>(report.result.error().name.size());
  return std::string(bytes_of(head)) + report.result.error().name + report.result.error().cause;
}

std::optional<Report> decode_report(std::string_view text, const std::vector<Descriptor>& files,
                                    std::uint64_t max_file_bytes) {
  if (text.size() < sizeof(ReportHead)) return std::nullopt;
  const auto head = *read_bytes<ReportHead>(text.substr(0, sizeof(ReportHead)));
  text.remove_prefix(sizeof(ReportHead));
  if (head.name_bytes > 0) {
    if (head.name_bytes > text.size() || head.name_bytes > kNameBytes) return std::nullopt;
    return Report{
        AslError{std::string(text.substr(0, head.name_bytes)), std::string(text.substr(head.name_bytes, kCauseBytes))},
        head.peak_bytes};
  }
  auto answer = Payload::parse(std::string(text));
  if (!answer) return std::nullopt;
  image::Work work{*std::move(answer), {}};
  for (const auto& file : files) {
    auto bytes = read_memory_file(file.get(), max_file_bytes);
    if (!bytes) return std::nullopt;
    work.files.push_back(*std::move(bytes));
  }
  return Report{std::move(work), head.peak_bytes};
}

}  // namespace stepd::tasks::workers
