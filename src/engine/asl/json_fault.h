// Finds the first syntax fault of a JSON text and words it as AWS does. No value is built.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stepd::asl {

struct JsonFault {
  std::string message;   ///< "Unexpected character ('}' (code 125)): was expecting ..."
  std::string location;  ///< "[Source: (String)\"...\"; line: 1, column: 4]", the text cut at 500 characters
};

/// The first syntax fault; none if `text` is one JSON value with optional white space around it. Duplicate keys and
/// depth are not checked. Takes linear time and constant stack.
std::optional<JsonFault> find_json_fault(std::string_view text);

/// AWS's message for an execution's input that is not JSON; `otherwise` if its syntax is correct.
std::string execution_input_fault(std::string_view text, const std::string& otherwise);

}  // namespace stepd::asl
