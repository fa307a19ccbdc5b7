#include "engine/asl/variable_references.h"

#include "engine/asl/expression.h"

#include <nlohmann/json.hpp>

namespace stepd::asl {
namespace {

using References = std::map<std::string, std::set<std::string>>;

class Collector {
 public:
  void read_workflow(const Json& workflow) {
    const auto states = workflow.find("States");
    if (states == workflow.end() || !states->is_object()) return;
    for (const auto& [name, state] : states->items()) read_state(name, state);
  }

  References references;

 private:
  void read_state(const std::string& name, const Json& state) {
    if (!state.is_object()) return;
    std::set<std::string> found;
    for (const auto& [key, value] : state.items()) {
      if (key == "Branches") {
        for (const auto& branch : value) read_workflow(branch);
      } else if (key == "ItemProcessor" || key == "Iterator") {
        read_workflow(value);
      } else {
        read_field(key, value, found);
      }
    }
    if (!found.empty()) references.emplace(name, std::move(found));
  }

  /// Fields hold expressions by the end of their names; everything else only contains further fields.
  void read_field(const std::string& key, const Json& value, std::set<std::string>& found) {
    if (value.is_string()) {
      if (key.ends_with(".$") || key.ends_with("Path") || key == "Variable")
        read_expression(value.get_ref<const std::string&>(), found);
    } else if (value.is_object()) {
      for (const auto& [inner, nested] : value.items()) read_field(inner, nested, found);
    } else if (value.is_array()) {
      for (const auto& nested : value) read_field("", nested, found);
    }
  }

  static void read_expression(const std::string& text, std::set<std::string>& found) {
    const auto expression = Expression::parse(text, "");
    if (!expression) return;
    expression->for_each_path([&](const Path& path) {
      if (path.root_kind() == Path::Root::Variable) found.insert(path.variable());
    });
  }
};

}  // namespace

References variable_references(const Json& definition) {
  Collector collector;
  collector.read_workflow(definition);
  return std::move(collector.references);
}

}  // namespace stepd::asl
