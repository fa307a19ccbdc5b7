// Payload: an immutable piece of JSON that a workflow carries: shared, never copied, parsed and printed at most once.
#pragma once

#include "base/json.h"
#include "base/result.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace stepd {

/// Cheap to copy, safe to share between threads. Keeps the very text it was made from, as AWS does with an
/// execution's input; a payload made from a value prints compactly.
class Payload {
 public:
  /// `{}`.
  Payload();
  /// Takes a value; its text is printed when first asked for.
  explicit Payload(Json value);

  /// Checks that `text` is one JSON document of at most `limits::kJsonDepth` levels. The error's cause says where
  /// and why not; its name is empty, as callers name it (InvalidExecutionInput, InvalidOutput, ...).
  static Result<Payload> parse(std::string text);
  /// For text that this program printed itself (a journal): not checked until value() is called.
  static Payload trusted(std::string text);

  const Json& value() const;
  const std::string& text() const;
  /// Bytes of UTF-8 of text(): what AWS's 262,144-byte limit counts.
  std::size_t size() const { return text().size(); }

  friend bool operator==(const Payload& a, const Payload& b);

 private:
  struct Body;
  explicit Payload(std::shared_ptr<const Body> body) : body_(std::move(body)) {}
  std::shared_ptr<const Body> body_;
};

/// Parses one JSON document with the same limits as Payload::parse.
Result<Json> parse_json(std::string_view text);
/// Compact text, as AWS prints it. Strings that are no valid UTF-8 are printed with U+FFFD, never thrown at.
std::string print_json(const Json& value);

}  // namespace stepd
