// Fields: reads one JSON object of a definition member by member. Faults, and members that are not known, become
// diagnostics with AWS's messages.
#pragma once

#include "base/member_reader.h"
#include "engine/asl/diagnostic.h"
#include "engine/asl/path.h"
#include "engine/asl/payload_template.h"
#include "engine/asl/query.h"
#include "engine/asl/query_language.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::asl {

/// `null` counts as a value, and a number out of range is reported and answered. Where a JSONata object may have
/// `{% ... %}` in place of a number or a text, query() is called first.
class Fields final : public MemberReader {
 public:
  using Names = std::vector<std::string_view>;

  /// `object` and `diagnostics` outlive it. `location` is that of the object within its state: "Choices[0]".
  Fields(const Json& object, std::string pointer, Diagnostics& diagnostics,
         QueryLanguage language = QueryLanguage::JsonPath, std::string location = {});

  std::optional<std::string> one_of(std::string_view name, const Names& values);
  std::optional<std::vector<std::string>> strings(std::string_view name);
  std::optional<Path> path(std::string_view name);
  /// A path in a Choice rule. AWS calls it a reference path and accepts other paths as well.
  std::optional<Path> operand(std::string_view name);
  /// A reference path (ASL §Reference Paths) into the input or a variable.
  std::optional<Path> reference_path(std::string_view name);
  /// In the language of the object. `access` is what its JSONata may read.
  std::optional<PayloadTemplate> payload_template(std::string_view name, StatesAccess access = {});
  /// The expression of a JSONata object that stands in place of another value; the field then counts as absent. None if
  /// the field has no such text, in JSONPath, and after a fault.
  std::optional<Query> query(std::string_view name);

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
  /// Of that field within its state.
  std::string location_of(std::string_view name) const;
  bool is_jsonata() const { return language_ == QueryLanguage::Jsonata; }

 private:
  static const Dialect kDialect;
  void mistyped(std::string_view name, const Wanted& wanted, const Json& found) override;
  bool out_of_range(std::string_view name, const Wanted& wanted, const Json& found, bool too_small) override;
  std::optional<Path> parse_path(std::string_view name, const char* refusal);

  std::string pointer_;
  Diagnostics& diagnostics_;
  QueryLanguage language_;
  std::string location_;
};

}  // namespace stepd::asl
