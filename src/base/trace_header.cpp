#include "base/trace_header.h"

#include <algorithm>

namespace stepd {
namespace {

constexpr std::size_t kTraceDigits = 32;
constexpr std::size_t kParentDigits = 16;

bool is_lower_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// So many lower-case hexadecimal digits, not all zero.
bool is_id(std::string_view text, std::size_t digits) {
  return text.size() == digits && is_lower_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

/// `1-5759e988-bd862e3fe1be46a994272793` as 32 digits; empty if it is not of that form.
std::string trace_id_of_root(std::string_view root) {
  if (root.size() != 35 || root.substr(0, 2) != "1-" || root[10] != '-') return "";
  auto digits = std::string(root.substr(2, 8)).append(root.substr(11));
  return is_id(digits, kTraceDigits) ? digits : "";
}

}  // namespace

std::optional<TraceHeader> parse_xray_header(std::string_view text) {
  TraceHeader header;
  header.sampled = std::nullopt;
  while (!text.empty()) {
    const auto end = std::min(text.find(';'), text.size());
    auto field = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    field.remove_prefix(std::min(field.find_first_not_of(' '), field.size()));
    const auto equals = field.find('=');
    if (equals == std::string_view::npos) continue;
    const auto name = field.substr(0, equals);
    const auto value = field.substr(equals + 1);
    if (name == "Root") header.trace_id = trace_id_of_root(value);
    if (name == "Parent" && is_id(value, kParentDigits)) header.parent_id = value;
    if (name == "Sampled" && (value == "0" || value == "1")) header.sampled = value == "1";
  }
  if (header.trace_id.empty()) return std::nullopt;
  return header;
}

std::optional<TraceHeader> parse_traceparent(std::string_view text) {
  constexpr std::size_t kLength = 55;
  if (text.size() < kLength || text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
  const auto version = text.substr(0, 2);
  const auto flags = text.substr(53, 2);
  if (!is_lower_hex(version) || version == "ff" || !is_lower_hex(flags)) return std::nullopt;
  if (text.size() > kLength && (version == "00" || text[kLength] != '-')) return std::nullopt;
  const auto trace_id = text.substr(3, kTraceDigits);
  const auto parent_id = text.substr(36, kParentDigits);
  if (!is_id(trace_id, kTraceDigits) || !is_id(parent_id, kParentDigits)) return std::nullopt;
  // The lowest bit of the flags is `sampled`: that of the last digit.
  const auto digit = static_cast<unsigned>(flags[1] <= '9' ? flags[1] - '0' : flags[1] - 'a' + 10);
  return TraceHeader{std::string(trace_id), std::string(parent_id), (digit & 1U) != 0};
}

std::string to_xray_header(const TraceHeader& header) {
  auto text = "Root=1-" + header.trace_id.substr(0, 8) + "-" + header.trace_id.substr(8);
  if (!header.parent_id.empty()) text += ";Parent=" + header.parent_id;
  if (header.sampled) text += *header.sampled ? ";Sampled=1" : ";Sampled=0";
  return text;
}

std::optional<std::string> to_traceparent(const TraceHeader& header) {
  if (header.parent_id.empty()) return std::nullopt;
  return "00-" + header.trace_id + "-" + header.parent_id + (header.sampled.value_or(true) ? "-01" : "-00");
}

std::string trace_header_of(std::string_view xray, std::string_view traceparent) {
  if (!xray.empty()) return std::string(xray);
  const auto parsed = parse_traceparent(traceparent);
  return parsed ? to_xray_header(*parsed) : "";
}

}  // namespace stepd
