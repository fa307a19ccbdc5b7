// Events, frames and heads as bytes, for the store. Little-endian base-128 numbers, lengths before texts, a version
// byte in front; payloads are stored as their own JSON text, so an event is printed once.
#pragma once

#include "engine/core/execution.h"

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::core {

/// The stored bytes are not what this program wrote.
class CodecError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

std::string encode(const Event& event);
/// Throws CodecError.
Event decode_event(std::string_view bytes);

/// An execution as rows: its head, and two parts per frame (Changes says which have changed).
class Snapshot {
 public:
  static std::string head(const Execution& execution);
  static std::string cold(const Frame& frame);
  static std::string hot(const Frame& frame);

  struct FrameParts {
    FrameId id;
    std::string_view cold;
    std::string_view hot;
  };
  /// The execution's input is not part of the head, which is written at each turn. Throws CodecError.
  static Execution restore(std::string_view head, Payload input, const std::vector<FrameParts>& frames);
};

}  // namespace stepd::core
