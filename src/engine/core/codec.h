// Events, frames and heads as bytes, for the store. Little-endian base-128 numbers, lengths before texts, a version
// byte in front. A payload is its number in the journal, or its own JSON text where that is short.
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

/// Gives numbers to the payloads that rows refer to.
class PayloadNumbers {
 public:
  virtual ~PayloadNumbers() = default;
  /// Above 0, the same for the same payload at each call; 0: the row itself holds the text.
  virtual std::int64_t number_of(const Payload& payload) = 0;
};

/// Finds payloads by their numbers.
class StoredPayloads {
 public:
  virtual ~StoredPayloads() = default;
  /// Copies of one payload for one number. Throws CodecError if there is none of it.
  virtual Payload find(std::int64_t number) = 0;
};

/// Payloads of at most so many bytes stand in the rows themselves: another row would take more room.
inline constexpr std::size_t kInlinePayloadBytes = 128;

std::string encode(const Event& event, PayloadNumbers& payloads);
/// Throws CodecError.
Event decode_event(std::string_view bytes, StoredPayloads& payloads);

/// An execution as rows: its head, and two parts per frame (Changes says which have changed).
class Snapshot {
 public:
  static std::string head(const Execution& execution);
  static std::string cold(const Frame& frame, PayloadNumbers& payloads);
  static std::string hot(const Frame& frame, PayloadNumbers& payloads);

  struct FrameParts {
    FrameId id;
    std::string_view cold;
    std::string_view hot;
  };
  /// The execution's input is not part of the head, which is written at each turn. Throws CodecError.
  static Execution restore(std::string_view head, Payload input, const std::vector<FrameParts>& frames,
                           StoredPayloads& payloads);

  /// The execution with another root frame, as a test of one state wants it.
  static Execution with_frame(Execution execution, Frame root);
};

}  // namespace stepd::core
