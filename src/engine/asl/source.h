// Definitions as they stand in files: JSON or YAML, with ${placeholders} and positions for messages.
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

/// Where the values of a document stood: a tree like the document itself, as full pointers would grow with its depth.
struct Place {
  Position position{1, 1};
  std::map<std::string, Place, std::less<>> members;  ///< by name, or by index in decimal digits
};

/// One parsed document that remembers where each of its values stood.
class Source {
 public:
  /// The error's cause names line and column of what is no JSON or YAML. Duplicate keys are an error.
  static Result<Source> read(std::string_view text, Format format);

  const Json& value() const { return *value_; }
  /// Of the value (its key, where it has one) at that JSON pointer, or of its nearest parent that is known.
  Position position_of(std::string_view pointer) const;

 private:
  std::shared_ptr<Json> value_;
  std::shared_ptr<const Place> places_;
};

/// SAM's DefinitionSubstitutions: `${Name}` in any string (keys too) becomes its value; a string that is nothing but
/// one placeholder stays a string. Answers the names that had no value, each once, in order of appearance.
std::vector<std::string> substitute(Json& definition, const std::map<std::string, std::string>& values);

}  // namespace stepd::asl
