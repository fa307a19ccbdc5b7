#include "engine/asl/variable_references.h"

#include "engine/asl/expression.h"
#include "engine/asl/query.h"
#include "engine/asl/query_language.h"

#include <nlohmann/json.hpp>

namespace stepd::asl {
namespace {

using References = std::map<std::string, std::set<std::string>>;

QueryLanguage language_of(const Json& object, QueryLanguage otherwise) {
  const auto own = object.find("QueryLanguage");
  if (own == object.end()) return otherwise;
  return *own == "JSONPath" ? QueryLanguage::JsonPath : QueryLanguage::Jsonata;
}

class Collector {
 public:
  explicit Collector(QueryLanguage machine) : machine_(machine) {}

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
    const auto language = language_of(state, machine_);
    for (const auto& [key, value] : state.items()) {
      if (key == "Branches") {
        for (const auto& branch : value) read_workflow(branch);
      } else if (key == "ItemProcessor" || key == "Iterator") {
        read_workflow(value);
      } else {
        read_field(key, value, language, found);
      }
    }
    if (!found.empty()) references.emplace(name, std::move(found));
  }

  /// In JSONPath, fields hold expressions by the end of their names; everything else only contains further fields.
  static void read_field(const std::string& key, const Json& value, QueryLanguage language,
                         std::set<std::string>& found) {
    if (value.is_string()) {
      if (language == QueryLanguage::Jsonata)
        read_query(value.get_ref<const std::string&>(), found);
      else if (key.ends_with(".$") || key.ends_with("Path") || key == "Variable")
        read_expression(value.get_ref<const std::string&>(), found);
    } else if (value.is_object()) {
      for (const auto& [inner, nested] : value.items()) read_field(inner, nested, language, found);
    } else if (value.is_array()) {
      for (const auto& nested : value) read_field("", nested, language, found);
    }
  }

  /// Where AWS has no expression, as in a Comment, what looks like one is rare and does no harm here.
  static void read_query(const std::string& text, std::set<std::string>& found) {
    if (!Query::is_meant(text)) return;
    Diagnostics unread;
    const auto query = Query::compile(text, {"", "", {.result = true, .error_output = true}}, unread);
    if (query) found.insert(query->variables().begin(), query->variables().end());
  }

  static void read_expression(const std::string& text, std::set<std::string>& found) {
    const auto expression = Expression::parse(text, "");
    if (!expression) return;
    expression->for_each_path([&](const Path& path) {
      if (path.root_kind() == Path::Root::Variable) found.insert(path.variable());
    });
  }

  QueryLanguage machine_;
};

}  // namespace

References variable_references(const Json& definition) {
  Collector collector(language_of(definition, QueryLanguage::JsonPath));
  collector.read_workflow(definition);
  return std::move(collector.references);
}

}  // namespace stepd::asl
