// Reads one JSON object of a definition member by member; what is wrong, and what nobody asked for, becomes a
// diagnostic.
#pragma once

#include "base/json.h"
#include "engine/asl/diagnostic.h"
#include "engine/asl/path.h"
#include "engine/asl/payload_template.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::asl {

/// Every reading member answers nothing when the field is absent or wrong (then a fault has been noted). `null` counts
/// as present.
class Fields {
 public:
  /// All given outlive this.
  Fields(const Json& object, std::string pointer, Diagnostics& diagnostics);

  bool has(std::string_view name) const;
  /// The raw value; marks the field as known.
  const Json* take(std::string_view name);

  std::optional<std::string> string(std::string_view name);
  std::optional<bool> boolean(std::string_view name);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t low, std::int64_t high);
  std::optional<double> number(std::string_view name, double low, double high);
  std::optional<std::vector<std::string>> strings(std::string_view name);
  std::optional<Path> path(std::string_view name);
  std::optional<Path> reference_path(std::string_view name);
  std::optional<PayloadTemplate> payload_template(std::string_view name);
  /// The value if it is an object (array), else a fault.
  const Json* object(std::string_view name);
  const Json* array(std::string_view name);

  /// Of these at most one may be there; answers which.
  std::optional<std::string_view> at_most_one(const std::vector<std::string_view>& names);
  void require(const std::vector<std::string_view>& names);
  /// Ends the reading: a field that nobody took is a fault.
  void refuse_others();

  void fault(std::string_view name, std::string message);
  void fault_here(std::string message);
  std::string pointer_to(std::string_view name) const;
  const std::string& pointer() const { return pointer_; }
  Diagnostics& diagnostics() { return diagnostics_; }

 private:
  void expected(std::string_view name, const char* what);
  const Json& object_;
  std::string pointer_;
  Diagnostics& diagnostics_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace stepd::asl
