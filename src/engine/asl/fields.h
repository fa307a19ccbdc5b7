// Fields: reads one JSON object of a definition member by member. Faults, and members that are not known, become
// diagnostics with AWS's messages.
#pragma once

#include "base/member_reader.h"
#include "engine/asl/diagnostic.h"
#include "engine/asl/path.h"
#include "engine/asl/payload_template.h"
#include "engine/asl/query_language.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::asl {

/// `null` counts as a value, and a number out of range is reported and answered. In a JSONata object `{% ... %}` may
/// replace a number, a list or an object, and then reads as absent.
class Fields final : public MemberReader {
 public:
  using Names = std::vector<std::string_view>;

  /// `object` and `diagnostics` outlive it.
  Fields(const Json& object, std::string pointer, Diagnostics& diagnostics,
         QueryLanguage language = QueryLanguage::JsonPath);

  std::optional<std::string> one_of(std::string_view name, const Names& values);
  std::optional<std::vector<std::string>> strings(std::string_view name);
  std::optional<Path> path(std::string_view name);
  /// A path in a Choice rule. AWS calls it a reference path and accepts other paths as well.
  std::optional<Path> operand(std::string_view name);
  /// A reference path (ASL §Reference Paths) into the input or a variable.
  std::optional<Path> reference_path(std::string_view name);
  std::optional<PayloadTemplate> payload_template(std::string_view name);
  /// A value of a JSONata state. Only the delimiters of its expressions are checked.
  void jsonata(std::string_view name);

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
  static const Dialect kDialect;
  void mistyped(std::string_view name, const Wanted& wanted, const Json& found) override;
  bool out_of_range(std::string_view name, const Wanted& wanted, const Json& found, bool too_small) override;
  bool is_expression(const Json& value) const;
  std::optional<Path> parse_path(std::string_view name, const char* refusal);

  std::string pointer_;
  Diagnostics& diagnostics_;
  QueryLanguage language_;
};

}  // namespace stepd::asl
