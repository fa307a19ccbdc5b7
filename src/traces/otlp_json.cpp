#include "traces/otlp_json.h"

#include <nlohmann/json.hpp>

namespace stepd::traces {
namespace {

using nlohmann::json;

/// 64-bit integers are texts in this encoding.
std::string nanoseconds(Instant at) {
  return std::to_string(std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count());
}

json attribute_json(const Attribute& attribute) {
  json value;
  if (const auto* text = std::get_if<std::string>(&attribute.second))
    value["stringValue"] = *text;
  else
    value["intValue"] = std::to_string(std::get<std::int64_t>(attribute.second));
  return {{"key", attribute.first}, {"value", std::move(value)}};
}

json span_json(const Span& span) {
  json made{{"traceId", span.trace_id},
            {"spanId", span.span_id},
            {"name", span.name},
            {"kind", static_cast<int>(span.kind)},
            {"startTimeUnixNano", nanoseconds(span.start)},
            {"endTimeUnixNano", nanoseconds(span.end)},
            {"attributes", json::array()}};
  if (!span.parent_id.empty()) made["parentSpanId"] = span.parent_id;
  for (const auto& attribute : span.attributes) made["attributes"].push_back(attribute_json(attribute));
  constexpr int kStatusError = 2;
  if (span.error) {
    made["status"] = {{"code", kStatusError}};
    if (!span.error->empty()) made["status"]["message"] = *span.error;
  }
  return made;
}

}  // namespace

std::string to_otlp_json(std::span<const Span> spans, const std::string& service_name) {
  auto list = json::array();
  for (const auto& span : spans) list.push_back(span_json(span));
  const json scope{{"scope", {{"name", "stepd"}, {"version", STEPD_VERSION}}}, {"spans", std::move(list)}};
  const json resource{{"attributes",
                       {attribute_json({"service.name", service_name}),
                        attribute_json({"service.version", std::string(STEPD_VERSION)})}}};
  const json resource_spans{{"resource", resource}, {"scopeSpans", json::array({scope})}};
  return json{{"resourceSpans", json::array({resource_spans})}}.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace stepd::traces
