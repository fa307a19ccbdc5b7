// Encodes events, frames and the head of an execution as bytes for the store, and decodes them.
//
// 1. Each row begins with the version of the format. This program writes version 5 and reads 1 to 5, so it continues
//    executions that an earlier release stored.
// 2. Numbers are unsigned, little-endian and base-128, at most 64 bits; texts are preceded by their length in bytes.
// 3. A payload is its number in the journal, so that its text is stored once for its execution (run/journal.h). A
//    payload of at most kInlinePayloadBytes is 0 and its JSON text, because another row would take more room.
// 4. The kind of an event and of a standing is its index in the variant, and enumerators are their numbers.
//    Alternatives and enumerators are therefore only added at the end.
// 5. Bytes that end too early, go on after their end or name an unknown version or kind throw CodecError, so damage is
//    found when it is read. Memory grows with the bytes that are read, not with the lengths that they claim.
// 6. Only open executions are restored. The head therefore has no status, output or failure, and the input, which never
//    changes, is stored apart from it.
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

/// Gives numbers to the payloads that rows refer to. Thread: the caller's of encode().
class PayloadNumbers {
 public:
  virtual ~PayloadNumbers() = default;
  /// The number of the payload, above 0 and the same at each call; 0 if the row shall hold the text.
  virtual std::int64_t number_of(const Payload& payload) = 0;
};

/// Finds payloads by their numbers. Thread: the caller's of the decoding function.
class StoredPayloads {
 public:
  virtual ~StoredPayloads() = default;
  /// Answers copies of one payload for the same number. Throws CodecError if no payload has the number.
  virtual Payload find(std::int64_t number) = 0;
};

/// Payloads of at most so many bytes of text stand in the rows themselves.
inline constexpr std::size_t kInlinePayloadBytes = 128;

std::string encode(const Event& event, PayloadNumbers& payloads);
/// Throws CodecError.
Event decode_event(std::string_view bytes, StoredPayloads& payloads);

/// An execution as rows: its head, and two parts per frame (Changes names those that have changed).
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
  /// `frames` are in ascending order of their ids. The result has status Running and no changes. Throws CodecError.
  static Execution restore(std::string_view head, Payload input, const std::vector<FrameParts>& frames,
                           StoredPayloads& payloads);

  /// `execution` with another root frame, for TestState (inspect/inspection.h).
  static Execution with_frame(Execution execution, Frame root);
};

}  // namespace stepd::core
