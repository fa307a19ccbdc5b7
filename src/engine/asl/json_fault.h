// What is wrong with a text that should be JSON, in the words in which AWS says it. It builds no value.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stepd::asl {

struct JsonFault {
  std::string message;   ///< "Unexpected character ('}' (code 125)): was expecting ..."
  std::string location;  ///< "[Source: (String)\"...\"; line: 1, column: 4]", the text cut at 500 characters
};

/// The first fault of the syntax; nothing for one JSON value with blanks around it. What is beyond syntax (a key
/// that stands twice, a depth) is no fault here. Linear in time, constant in stack.
std::optional<JsonFault> find_json_fault(std::string_view text);

/// What AWS says of an execution's input that is no JSON, or `otherwise` where its syntax is right.
std::string execution_input_fault(std::string_view text, const std::string& otherwise);

}  // namespace stepd::asl
