// The location of a fault as AWS writes it: /States/Check/Choices[0]/Next.
#pragma once

#include "base/json.h"

#include <string>
#include <string_view>
#include <unordered_map>

namespace stepd::asl {

/// Locations in one document, which outlives it. They are cached, because many faults stand close together.
class Locations {
 public:
  explicit Locations(const Json& document);
  /// "/" is the whole document. A place that the document does not have is written with the tokens of its pointer.
  std::string of(const std::string& pointer);
  /// Whether the value, or a key on the path to it, is a placeholder.
  bool is_templated(const std::string& pointer);

 private:
  struct Site {
    const Json* value;  ///< null if there is no such place
    std::string location;
    bool templated = false;
  };
  const Site& site(const std::string& pointer);
  const Json* child(const Json* value, const std::string& name);
  static std::string location_of(const Site& parent, const std::string& name);

  std::unordered_map<std::string, Site> sites_;
  std::unordered_map<const Json*, std::unordered_map<std::string_view, const Json*>> members_;  // of large objects
};

}  // namespace stepd::asl
