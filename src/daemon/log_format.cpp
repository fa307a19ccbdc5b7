#include "daemon/log_format.h"

#include "base/clock.h"
#include "base/log_context.h"
#include "base/value/escape.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/spdlog.h>

namespace stepd::daemon {
namespace {

void append_quoted(std::string& line, std::string_view text) {
  const std::string valid = is_utf8(text) ? std::string(text) : replace_invalid(text);
  const auto before = line.size();
  line.resize(before + printed_bytes(valid));
  write_quoted(line.data() + before, valid, false);
}

/// Written by hand: a line is logged on threads that may be short of memory, and has four members.
class JsonLines final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& to) override {
    const auto at = std::chrono::floor<std::chrono::milliseconds>(message.time);
    std::string line = R"({"time":")" + to_rfc3339(Instant(at.time_since_epoch())) + R"(","level":")";
    const auto level = spdlog::level::to_string_view(message.level);
    line.append(level.data(), level.size());
    line += R"(","message":)";
    append_quoted(line, {message.payload.data(), message.payload.size()});
    if (const auto* context = LogContext::innermost(); context != nullptr) {
      line += R"(,"executionArn":)";
      append_quoted(line, context->execution_arn());
      if (!context->state().empty()) {
        line += R"(,"state":)";
        append_quoted(line, context->state());
      }
    }
    line += "}\n";
    to.append(line.data(), line.data() + line.size());
  }

  std::unique_ptr<formatter> clone() const override { return std::make_unique<JsonLines>(); }
};

}  // namespace

std::unique_ptr<spdlog::formatter> make_log_formatter(LogFormat format) {
  if (format == LogFormat::Json) return std::make_unique<JsonLines>();
  return std::make_unique<spdlog::pattern_formatter>("%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v");
}

void set_log_format(LogFormat format) { spdlog::set_formatter(make_log_formatter(format)); }

}  // namespace stepd::daemon
