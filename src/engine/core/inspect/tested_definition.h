// A look at the definition that TestState was given, before it is compiled: which state it is about, and what the
// checks of the request need to know of it.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "engine/asl/resource.h"

#include <memory>
#include <optional>
#include <string>

namespace stepd::core {

class TestedDefinition {
 public:
  /// ValidationException where there is no state of that name.
  static Result<TestedDefinition> look_at(const std::string& definition, const std::optional<std::string>& state_name);

  /// Text of a machine that has the state: what the compiler gets.
  const std::string& machine() const { return machine_; }
  const std::string& state_name() const { return state_name_; }
  /// Empty where the definition does not say.
  const std::string& type() const { return type_; }
  bool is_json_path() const { return is_json_path_; }
  /// Of a Task; none if it cannot be read.
  const std::optional<asl::Resource>& resource() const { return resource_; }
  /// The field that this Map gets its items from, or bundles them by: neither can be tested yet. Empty if there is
  /// none.
  const std::string& untestable_field() const { return untestable_field_; }
  /// A Map that exports its results answers an object instead of an array.
  bool has_result_writer() const { return has_result_writer_; }

 private:
  void describe(const Json& state, bool machine_is_json_path);

  std::string machine_;
  std::string state_name_;
  std::string type_;
  std::string untestable_field_;
  bool is_json_path_ = true;
  bool has_result_writer_ = false;
  std::optional<asl::Resource> resource_;
};

}  // namespace stepd::core
