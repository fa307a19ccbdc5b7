#include "functions/log_stream.h"

#include "base/payload.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::functions {
namespace {

constexpr std::uint64_t kMebibyte = 1024 * 1024;

std::string stream_name(const Clock& clock, std::string_view unique) {
  std::string day = to_rfc3339(clock.now()).substr(0, 10);
  std::replace(day.begin(), day.end(), '-', '/');
  return day + "/[$LATEST]" + std::string(unique);
}

std::string milliseconds(std::chrono::milliseconds duration) { return std::to_string(duration.count()) + ".00 ms"; }

std::string mebibytes(std::uint64_t bytes) { return std::to_string((bytes + kMebibyte - 1) / kMebibyte) + " MB"; }

}  // namespace

LogStream::LogStream(LogGroups& groups, const Clock& clock, std::string group, std::string_view unique)
    : groups_(groups), clock_(clock), group_(std::move(group)), name_(stream_name(clock, unique)) {}

void LogStream::write(std::string text) {
  tail_ += text;
  tail_ += '\n';
  if (tail_.size() > 2 * kTailBytes) tail_.erase(0, tail_.size() - kTailBytes);
  const auto at = clock_.now().time_since_epoch().count();
  groups_.append(group_, print_json(Json{{"timestamp", at}, {"logStreamName", name_}, {"message", std::move(text)}}));
}

std::string LogStream::tail() const {
  return tail_.size() <= kTailBytes ? tail_ : tail_.substr(tail_.size() - kTailBytes);
}

void LogStream::print(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (printed_ > kCallBytes) return;
  printed_ += text.size() + 1;
  if (printed_ > kCallBytes) {
    return write("stepd: one call may print " + std::to_string(kCallBytes) +
                 " bytes; what it prints from here on is "
                 "not logged");
  }
  write(std::string(text));
}

void LogStream::init_start(std::string_view runtime) {
  printed_ = 0;
  write("INIT_START Runtime Version: " + std::string(runtime));
}

void LogStream::init_report(const InitReport& report) {
  std::string line = "INIT_REPORT Init Duration: " + milliseconds(report.duration) + "\tPhase: " + report.phase +
                     "\tStatus: " + report.status;
  if (!report.error_type.empty()) line += "\tError Type: " + report.error_type;
  write(std::move(line));
}

void LogStream::start(std::string_view request_id) {
  printed_ = 0;
  tail_.clear();
  write("START RequestId: " + std::string(request_id) + " Version: $LATEST");
}

void LogStream::platform_line(std::string_view text) { write(std::string(text)); }

void LogStream::end(std::string_view request_id) { write("END RequestId: " + std::string(request_id)); }

// A call is billed by the millisecond, and its cold start with it.
void LogStream::report(const CallReport& report) {
  const bool cold = report.init.count() >= 0;
  const auto billed = std::max<std::int64_t>(1, report.duration.count() + (cold ? report.init.count() : 0));
  std::string line = "REPORT RequestId: " + report.request_id + "\tDuration: " + milliseconds(report.duration) +
                     "\tBilled Duration: " + std::to_string(billed) + " ms\tMemory Size: " + mebibytes(report.memory) +
                     "\tMax Memory Used: " + mebibytes(report.peak);
  if (cold) line += "\tInit Duration: " + milliseconds(report.init);
  line += "\t";
  if (!report.status.empty()) line += "Status: " + report.status;
  if (!report.error_type.empty()) line += "\tError Type: " + report.error_type;
  write(std::move(line));
}

}  // namespace stepd::functions
