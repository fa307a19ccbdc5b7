// Source: a definition read from JSON or YAML text, with the positions of its values for messages. Also the
// substitution of ${placeholders}.
#pragma once

#include "base/json.h"
#include "base/result.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::asl {

enum class Format { Json, Yaml };

/// By extension: .yaml and .yml are YAML, everything else (.json, .asl) is JSON.
Format format_of(std::string_view file_name);

struct Position {
  int line = 0;    ///< from 1
  int column = 0;  ///< from 1, bytes
};

/// The positions of a document's values. It is a tree like the document, because a list of full pointers would grow
/// with the depth.
struct Place {
  Position position{1, 1};
  std::map<std::string, Place, std::less<>> members;  ///< by name, or by index in decimal digits
};

/// Immutable. Copies share the document. Thread: any.
class Source {
 public:
  /// Reads at most limits::kDefinitionBytes of text. The cause of an error names line and column. Duplicate keys are an
  /// error.
  static Result<Source> read(std::string_view text, Format format);

  const Json& value() const { return *value_; }
  /// The position of the value at that JSON pointer (of its key, if it has one), or of its nearest known parent.
  Position position_of(std::string_view pointer) const;

 private:
  std::shared_ptr<Json> value_;
  std::shared_ptr<const Place> places_;
};

/// Replaces `${Name}` in all strings, keys included, as SAM's DefinitionSubstitutions does. The result is always a
/// string. Answers the names that have no value, each once, in order of appearance.
std::vector<std::string> substitute(Json& definition, const std::map<std::string, std::string>& values);

}  // namespace stepd::asl
