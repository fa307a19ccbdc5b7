// The parameters of one request. They are read with the constraints of AWS's model; faults are collected, and check()
// answers them as AWS does: first members of a wrong type, then all broken constraints in one message.
#pragma once

#include "base/attribute/attribute.h"
#include "base/json.h"
#include "base/result.h"
#include "dynamodb/wording.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::dynamodb {

inline constexpr std::string_view kOneError = "1 validation error detected: ";

/// Members that are null count as absent, and members nobody asks for are ignored. After the last read, call check();
/// until then a faulty member reads as absent.
class Request {
 public:
  /// `arguments` is a JSON object and outlives the request.
  Request(const Json& arguments, Wording wording) : arguments_(arguments), wording_(wording) {}
  /// Of an object within another request, which gets its faults.
  Request(const Json& arguments, Request& parent)
      : arguments_(arguments), wording_(parent.wording_), parent_(&parent) {}

  bool has(const char* name) const { return find(name) != nullptr; }
  std::optional<std::string> text(const char* name);
  std::optional<bool> boolean(const char* name);
  std::optional<std::int64_t> integer(const char* name);
  /// Null if it is absent.
  const Json* object(const char* name);
  const Json* list(const char* name);
  /// Objects of a list.
  std::vector<const Json*> objects(const char* name);
  std::vector<std::string> texts(const char* name);
  /// An object of strings.
  const Json* text_map(const char* name);
  /// A map of attribute values, with their form checked.
  const Json* values(const char* name);
  const Json* value(const char* name);

  /// Required; the name of a table, or its ARN.
  std::string table_name(const char* name = "TableName");
  /// One of `options`; `path` is its name in messages. `set` is how AWS lists them.
  std::optional<std::string> choice(const char* name, const std::string& path, std::string_view set);

  /// `Value X at 'path' failed to satisfy constraint: Member must ...`
  void violate(const std::string& path, const std::optional<std::string>& value, const std::string& constraint);
  /// A constraint in other words, without the count of errors before it.
  void violate(std::string message);

  /// `SerializationException` or `ValidationException`.
  Result<void> check() const;

  Wording wording() const { return wording_; }
  const Json& arguments() const { return arguments_; }

  /// The error as the operation's layer words it: in the prefixed wording with `1 validation error detected: `.
  AslError early(AslError error) const;

 private:
  const Json* find(const char* name) const;
  void mistyped(const Json& found, const char* wanted);
  void note_form(const Result<void>& checked);

  const Json& arguments_;
  Wording wording_;
  Request* parent_ = nullptr;
  std::optional<std::string> wrong_type_;
  std::vector<std::string> violations_;
};

/// How AWS names the members of a list in messages: `{a, b}` as `[a, b]`.
std::string in_brackets(std::span<const std::string> texts);

}  // namespace stepd::dynamodb
