#include "engine/run/trace_ids.h"

#include "base/digest.h"
#include "base/encoding.h"

#include <string>

namespace stepd::run {
namespace {

/// The last 8 bytes of a trace id are random enough for a share of traces to be chosen by them.
bool falls_within(std::string_view trace_id, double share) {
  std::uint64_t value = 0;
  for (const char digit : trace_id.substr(16)) value = value << 4 | hex_value(digit).value_or(0);
  constexpr double kValues = 18446744073709551616.0;  // 2^64
  return static_cast<double>(value) < share * kValues;
}

}  // namespace

TraceHeader TraceIds::of(std::string_view arn, std::string_view trace_header) const {
  auto header = parse_xray_header(trace_header);
  if (!header) header = TraceHeader{to_hex(sha256_of_parts({"trace", arn}).substr(0, 16)), "", std::nullopt};
  if (!header->sampled) header->sampled = falls_within(header->trace_id, share_);
  return *header;
}

std::string TraceIds::task_header(std::string_view arn, std::string_view trace_header, std::uint32_t token) const {
  auto header = of(arn, trace_header);
  header.parent_id = span_id(arn, SpanOf::Task, token);
  return to_xray_header(header);
}

std::string span_id(std::string_view arn, SpanOf kind, std::uint32_t number) {
  const char letter = "est"[static_cast<unsigned>(kind)];
  return to_hex(sha256_of_parts({"span", std::string_view(&letter, 1), arn, std::to_string(number)}).substr(0, 8));
}

}  // namespace stepd::run
