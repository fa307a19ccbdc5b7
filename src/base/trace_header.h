// The position of a request within a trace, as two header fields carry it: AWS X-Ray's `X-Amzn-Trace-Id` (X-Ray
// developer guide, "Tracing header") and W3C's `traceparent` (Trace Context, section 3.2). A trace id of X-Ray,
// `1-5759e988-bd862e3fe1be46a994272793`, has the same 32 digits as one of W3C.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stepd {

struct TraceHeader {
  std::string trace_id;                ///< 32 hexadecimal digits in lower case, not all zero
  std::string parent_id;               ///< 16 of them, not all zero; empty: none is named
  std::optional<bool> sampled = true;  ///< none: whoever receives it decides (`Sampled=?`)

  friend bool operator==(const TraceHeader&, const TraceHeader&) = default;
};

/// None if the text names no trace. Fields that X-Ray adds (`Self`, `Lineage`) are left out.
std::optional<TraceHeader> parse_xray_header(std::string_view text);
/// None unless the text is valid by section 3.2.2. A version above 00 may have more behind it.
std::optional<TraceHeader> parse_traceparent(std::string_view text);

std::string to_xray_header(const TraceHeader& header);
/// None if there is no parent, which the field requires.
std::optional<std::string> to_traceparent(const TraceHeader& header);

/// The trace header of a request: `xray` as it is, else what `traceparent` says in X-Ray's form, else empty.
std::string trace_header_of(std::string_view xray, std::string_view traceparent);

}  // namespace stepd
