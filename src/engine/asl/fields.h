// Reads one JSON object of a definition member by member; what is wrong, and what nobody asked for, becomes a
// diagnostic in AWS's words.
#pragma once

#include "base/json.h"
#include "engine/asl/diagnostic.h"
#include "engine/asl/path.h"
#include "engine/asl/payload_template.h"
#include "engine/asl/query_language.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::asl {

/// Every reading member answers nothing when the field is absent or wrong (then a fault has been noted). `null` counts
/// as present. In a JSONata object `{% ... %}` may stand for a number, a list or an object, which then reads as absent.
class Fields {
 public:
  using Names = std::vector<std::string_view>;

  /// All given outlive this.
  Fields(const Json& object, std::string pointer, Diagnostics& diagnostics,
         QueryLanguage language = QueryLanguage::JsonPath);

  bool has(std::string_view name) const;
  /// The raw value; marks the field as known.
  const Json* take(std::string_view name);

  std::optional<std::string> string(std::string_view name);
  std::optional<std::string> one_of(std::string_view name, const Names& values);
  std::optional<bool> boolean(std::string_view name);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t low, std::int64_t high);
  std::optional<double> number(std::string_view name, double low, double high);
  std::optional<std::vector<std::string>> strings(std::string_view name);
  std::optional<Path> path(std::string_view name);
  /// A path as Choice rules take it: AWS calls it a reference path, and is not so strict.
  std::optional<Path> operand(std::string_view name);
  /// Into the input or a variable, to one place.
  std::optional<Path> reference_path(std::string_view name);
  std::optional<PayloadTemplate> payload_template(std::string_view name);
  /// A value of a JSONata state, whose expressions are only looked at for their delimiters.
  void jsonata(std::string_view name);
  /// The value if it is an object (array), else a fault.
  const Json* object(std::string_view name);
  const Json* array(std::string_view name);

  /// Of these at most one may be there; answers which.
  std::optional<std::string_view> at_most_one(const Names& names);
  /// The same, where one has to be there.
  std::optional<std::string_view> exactly_one(const Names& names);
  void require(const Names& names);
  /// Those of `names` that only the other query language has are faults, and from now on absent.
  void refuse_other_language(const Names& names);
  /// Ends the reading: a field that nobody took is a fault.
  void refuse_others();

  void fault(std::string_view name, std::string message, const char* code = codes::kSchema);
  void fault_here(std::string message, const char* code = codes::kSchema);
  /// Said of this object, though the field's place is known.
  void fault_of(std::string_view name, std::string message, std::string hint = "", const char* code = codes::kSchema);
  void warn(std::string_view name, const char* code, std::string message);
  std::string pointer_to(std::string_view name) const;
  const std::string& pointer() const { return pointer_; }
  Diagnostics& diagnostics() { return diagnostics_; }
  QueryLanguage language() const { return language_; }

 private:
  void expected(std::string_view name, const char* what);
  bool is_expression(const Json& value) const;
  std::optional<Path> parse_path(std::string_view name, const char* refusal);

  const Json& object_;
  std::string pointer_;
  Diagnostics& diagnostics_;
  QueryLanguage language_;
  std::set<std::string, std::less<>> known_;
  std::set<std::string, std::less<>> hidden_;
};

}  // namespace stepd::asl
