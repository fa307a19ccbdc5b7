// Spans as OTLP/HTTP with JSON (OpenTelemetry Protocol 1.3, "JSON Protobuf Encoding"): the body of POST /v1/traces.
#pragma once

#include "traces/span.h"

#include <span>
#include <string>

namespace stepd::traces {

/// Texts that are not UTF-8 come with U+FFFD where they are not.
std::string to_otlp_json(std::span<const Span> spans, const std::string& service_name);

}  // namespace stepd::traces
