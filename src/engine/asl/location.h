// Where a fault stands, as AWS writes it: /States/Check/Choices[0]/Next.
#pragma once

#include "base/json.h"

#include <string>
#include <string_view>
#include <unordered_map>

namespace stepd::asl {

/// Of one document, which it refers to. Faults are many and stand close together, so places are remembered.
class Locations {
 public:
  explicit Locations(const Json& document);
  /// "/" is the whole. What the document does not have is named by its pointer's tokens.
  std::string of(const std::string& pointer);
  /// True where the value, or a key on the way to it, is a placeholder.
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
