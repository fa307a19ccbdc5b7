// Payload: an immutable JSON document of a workflow (an input, output, result or variable), held as a tree, as text, or
// as both.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "base/value/value.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace stepd {

/// Copies share the document. A document that arrives as text keeps exactly that text, white space included, as AWS
/// does with an execution's input. A document that is made as a tree prints compactly. The other form is made when it
/// is first needed. Thread: any.
class Payload {
 public:
  /// `{}`.
  Payload();
  explicit Payload(Value value);
  /// For the rooms that use nlohmann's JSON. Invalid UTF-8 is replaced by U+FFFD. Throws std::length_error for a value
  /// that no limit of this program admits (limits::kJsonDepth).
  explicit Payload(const Json& json);

  /// Checks that `text` is one JSON document of at most `limits::kJsonDepth` levels. The error's cause says where and
  /// why not; its name is empty, because callers name it (InvalidExecutionInput, InvalidOutput, ...).
  static Result<Payload> parse(std::string text);
  /// For a text that this program has printed or checked itself. It is parsed when value() is first called, which
  /// throws std::runtime_error if the text is damaged.
  static Payload trusted(std::string text);
  /// `bytes` are a result of packed(). None if they are damaged so that their size cannot be read. If other parts are
  /// damaged, value() and text() throw std::runtime_error.
  static std::optional<Payload> from_packed(std::string bytes);

  Value value() const;
  std::string text() const;
  /// The value as nlohmann's JSON: a deep copy.
  Json json() const;
  /// Bytes of UTF-8 of text(): what AWS's limit of 262,144 bytes counts. Constant time.
  std::size_t size() const;

  /// The text as it is stored (base/packed_text.h). It is kept in place of the plain text from then on.
  std::string packed() const;
  /// Frees the tree and keeps the packed text. value() makes the tree again.
  void drop_tree() const;

  /// The number under which the journal of the execution `owner` has stored the document; 0: it has not.
  std::int64_t stored_id(std::int64_t owner) const;
  /// Only the first owner's number is kept. A document that two executions share is stored by each.
  void mark_stored(std::int64_t owner, std::int64_t id) const;

  /// Whether both are copies of one payload. It never compares contents.
  bool same(const Payload& other) const { return body_ == other.body_; }
  /// Identifies the shared document as long as a copy of it exists.
  const void* identity() const { return body_.get(); }
  /// Equal contents: numbers by value, members in any order.
  friend bool operator==(const Payload& a, const Payload& b);

 private:
  class Body;
  explicit Payload(std::shared_ptr<const Body> body) : body_(std::move(body)) {}
  std::shared_ptr<const Body> body_;
};

/// Parses one JSON document with the same limits as Payload::parse.
Result<Json> parse_json(std::string_view text);
/// Compact text, as AWS prints it. Invalid UTF-8 in strings is replaced by U+FFFD.
std::string print_json(const Json& value);

}  // namespace stepd
