// Failure: how an error travels inside the library. It is thrown where it is found and caught by compile() and
// evaluate(), which make an Error of it; no other room sees it (ADR 0031).
#pragma once

#include "engine/asl/jsonata/jsonata.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stepd::jsonata {

/// A code of jsonata-js and what its sentence inserts. The texts that end in `_json` are JSON.
struct Failure {
  explicit Failure(std::string_view error_code) : code(error_code) {}
  Failure(std::string_view error_code, std::uint32_t byte_position) : code(error_code), position(byte_position) {}

  Failure&& with_token(std::string_view text) &&;
  /// A token that is no text: a number, true, false or null.
  Failure&& with_raw_token(std::string_view text) &&;
  Failure&& with_value(std::string json) &&;
  Failure&& with_values(std::string json, std::string json2) &&;
  Failure&& with_index(std::size_t argument) &&;
  Failure&& with_hint(std::string text) &&;

  /// What of the sentence is still open once the error leaves.
  Error finish(std::string_view text) &&;

  std::string code;
  std::optional<std::uint32_t> position;  ///< in bytes
  std::optional<std::string> token;
  bool raw_token = false;
  std::string value_json;
  std::string value2_json;
  std::size_t index = 0;  ///< of an argument, from 1
  std::string type;       ///< of the items that an argument must have: "numbers"
  std::string exponent_json;
  std::string function;  ///< for D3140
  std::string message;   ///< of its own: $error, $assert, bounds
  std::string hint;
  Bound bound = Bound::None;
};

/// How many UTF-16 units the first `bytes` bytes of a UTF-8 text are.
std::uint32_t utf16_position(std::string_view text, std::uint32_t bytes);

}  // namespace stepd::jsonata
