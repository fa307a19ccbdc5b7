// Fields: reads one JSON object of a definition member by member. Faults, and members that are not known, become
// diagnostics with AWS's messages.
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

/// Each reading function answers none if the field is absent or wrong; a wrong one has been reported. `null` counts as
/// present. In a JSONata object `{% ... %}` may replace a number, a list or an object, and then reads as absent.
class Fields {
 public:
  using Names = std::vector<std::string_view>;

  /// `object` and `diagnostics` outlive it.
  Fields(const Json& object, std::string pointer, Diagnostics& diagnostics,
         QueryLanguage language = QueryLanguage::JsonPath);

  bool has(std::string_view name) const;
  /// The raw value; null if the field is absent. Marks the field as known, as all reading functions do.
  const Json* take(std::string_view name);

  std::optional<std::string> string(std::string_view name);
  std::optional<std::string> one_of(std::string_view name, const Names& values);
  std::optional<bool> boolean(std::string_view name);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t low, std::int64_t high);
  std::optional<double> number(std::string_view name, double low, double high);
  std::optional<std::vector<std::string>> strings(std::string_view name);
  std::optional<Path> path(std::string_view name);
  /// A path in a Choice rule. AWS calls it a reference path and accepts other paths as well.
  std::optional<Path> operand(std::string_view name);
  /// A reference path (ASL §Reference Paths) into the input or a variable.
  std::optional<Path> reference_path(std::string_view name);
  std::optional<PayloadTemplate> payload_template(std::string_view name);
  /// A value of a JSONata state. Only the delimiters of its expressions are checked.
  void jsonata(std::string_view name);
  /// The value if it is an object; other values are faults. array(): the same for arrays.
  const Json* object(std::string_view name);
  const Json* array(std::string_view name);

  /// Reports a fault if more than one of `names` is present; answers the one that is.
  std::optional<std::string_view> at_most_one(const Names& names);
  /// The same, and reports a fault if none is present.
  std::optional<std::string_view> exactly_one(const Names& names);
  void require(const Names& names);
  /// Reports those of `names` that only the other query language has, and treats them as absent from now on.
  void refuse_other_language(const Names& names);
  /// Called last: reports each field that was not read.
  void refuse_others();

  void fault(std::string_view name, std::string message, const char* code = codes::kSchema);
  void fault_here(std::string message, const char* code = codes::kSchema);
  /// A fault whose location is this object, though it concerns one field.
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
