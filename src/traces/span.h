// A span as OpenTelemetry has it (Trace API, "Span"): what an execution, a state or a task did from when to when. No
// input, output or variable of an execution is in it.
#pragma once

#include "base/clock.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace stepd::traces {

using Attribute = std::pair<std::string, std::variant<std::string, std::int64_t>>;

struct Span {
  enum class Kind : std::uint8_t { Internal = 1, Server = 2, Client = 3 };  ///< numbers of the protocol

  std::string trace_id;   ///< 32 hexadecimal digits
  std::string span_id;    ///< 16
  std::string parent_id;  ///< 16, or empty: the root
  std::string name;
  Kind kind = Kind::Internal;
  Instant start;
  Instant end;
  std::vector<Attribute> attributes;
  std::optional<std::string> error;  ///< a description; may be empty
};

}  // namespace stepd::traces
