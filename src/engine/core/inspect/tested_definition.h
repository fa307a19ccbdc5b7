// TestedDefinition: what the checks of a TestState request have to know of its definition before it is compiled.
//
// 1. A definition that is not JSON, or whose members have the wrong types, is no error here: the compiler reports it
//    with its place. What cannot be read counts as absent.
// 2. A definition of one state becomes a machine around it, in which the states that it leads to succeed at once,
//    because the compiler accepts whole machines only.
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
  /// Without `state_name` the definition is that of one state. ValidationException if there is no state of that name.
  static Result<TestedDefinition> look_at(const std::string& definition, const std::optional<std::string>& state_name);

  /// Text of a machine that contains the state, for the compiler.
  const std::string& machine() const { return machine_; }
  const std::string& state_name() const { return state_name_; }
  /// Type of the state; empty if the definition has none.
  const std::string& type() const { return type_; }
  /// Resource of a Task; none if it is absent or malformed.
  const std::optional<asl::Resource>& resource() const { return resource_; }
  /// ItemReader or ItemBatcher, if the state is a Map and has one; neither can be tested yet. Empty if it has none.
  const std::string& untestable_field() const { return untestable_field_; }
  /// A Map that exports its results answers an object instead of an array.
  bool has_result_writer() const { return has_result_writer_; }
  /// How many a Parallel state has.
  std::size_t branches() const { return branches_; }
  /// Some Map runs it once per item.
  bool is_in_map() const { return is_in_map_; }

 private:
  void describe(const Json& state);

  std::string machine_;
  std::string state_name_;
  std::string type_;
  std::string untestable_field_;
  bool has_result_writer_ = false;
  bool is_in_map_ = false;
  std::size_t branches_ = 0;
  std::optional<asl::Resource> resource_;
};

}  // namespace stepd::core
