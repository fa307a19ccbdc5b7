#include "engine/asl/path.h"

#include "engine/asl/errors.h"
#include "engine/asl/path_filter.h"

#include <nlohmann/json.hpp>

namespace stepd::asl {
namespace {

/// Upper bound of values that one selection may visit, so that `$..[?(...)]` over a large input stays a cheap error.
constexpr std::size_t kVisitBudget = 1'000'000;

using Matches = std::vector<const Json*>;

AslError missing(const std::string& at) { return errors::runtime("Missing property in path " + at); }

std::string bracketed(const std::string& at, const std::string& name) { return at + "['" + name + "']"; }

/// Evaluates the steps of a path over one document; definite paths stop at the first miss with its place.
class Walk {
 public:
  Walk(const Path& path, const Json& document) : path_(path), document_(document) {}

  Result<Selected> run() { return path_.is_definite() ? definite() : indefinite(); }

 private:
  Result<Selected> definite() {
    const Json* at = &document_;
    std::string place = "$";
    for (const auto& step : path_.steps()) {
      if (const auto* name = std::get_if<Path::Name>(&step)) {
        if (!at->is_object()) {
          return errors::runtime("Expected to find an object with property ['" + name->name + "'] in path " + place +
                                 " but found '" + java_type(*at) +
                                 "'. This is not a json object according to the JsonProvider: "
                                 "'com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider'.");
        }
        const auto found = at->find(name->name);
        if (found == at->end()) return missing(bracketed(place, name->name));
        place = bracketed(place, name->name);
        at = &*found;
      } else if (const auto* index = std::get_if<Path::Index>(&step)) {
        if (!at->is_array()) {
          return errors::runtime("Filter: [" + std::to_string(index->index) +
                                 "] can only be applied to arrays. Current context is: " + print_json(*at));
        }
        const auto position = absolute(index->index, at->size());
        if (!position) {
          return errors::runtime("Index out of bounds when evaluating path " + place + "[" +
                                 std::to_string(index->index) + "]");
        }
        place += "[" + std::to_string(index->index) + "]";
        at = &(*at)[*position];
      } else {  // Length, the only other definite step
        if (!at->is_array() && !at->is_object()) return missing(place + ".length()");
        return Selected::made(Json(static_cast<std::int64_t>(at->size())));
      }
    }
    return Selected::borrowed(*at);
  }

  Result<Selected> indefinite() {
    Matches matches{&document_};
    for (const auto& step : path_.steps()) {
      Matches next;
      for (const Json* value : matches) std::visit([&](const auto& s) { expand(s, *value, next); }, step);
      if (visited_ > kVisitBudget) {
        return errors::runtime("Invalid path '" + path_.text() + "': it visits more than " +
                               std::to_string(kVisitBudget) + " values");
      }
      matches = std::move(next);
    }
    Json list = Json::array();
    for (const Json* value : matches) list.push_back(*value);
    return Selected::made(std::move(list));
  }

  void take(const Json& value, Matches& out) {
    if (++visited_ <= kVisitBudget) out.push_back(&value);
  }

  void expand(const Path::Name& step, const Json& value, Matches& out) {
    if (!value.is_object()) return;
    const auto found = value.find(step.name);
    if (found != value.end()) take(*found, out);
  }
  void expand(const Path::Names& step, const Json& value, Matches& out) {
    for (const auto& name : step.names) expand(Path::Name{name}, value, out);
  }
  void expand(const Path::Index& step, const Json& value, Matches& out) {
    if (!value.is_array()) return;
    if (const auto position = absolute(step.index, value.size())) take(value[*position], out);
  }
  void expand(const Path::Indices& step, const Json& value, Matches& out) {
    for (const auto index : step.indices) expand(Path::Index{index}, value, out);
  }
  void expand(const Path::Wildcard&, const Json& value, Matches& out) {
    if (!value.is_structured()) return;
    for (const auto& child : value) take(child, out);
  }
  void expand(const Path::Descend&, const Json& value, Matches& out) {
    take(value, out);
    if (!value.is_structured() || visited_ > kVisitBudget) return;
    for (const auto& child : value) expand(Path::Descend{}, child, out);
  }
  void expand(const Path::Slice& step, const Json& value, Matches& out) {
    if (!value.is_array()) return;
    const auto size = static_cast<std::int64_t>(value.size());
    const auto clamp = [size](std::int64_t i) {
      return std::min(std::max<std::int64_t>(i < 0 ? i + size : i, 0), size);
    };
    const auto by = std::max<std::int64_t>(step.step.value_or(1), 1);
    const auto end = clamp(step.to.value_or(size));
    for (auto i = clamp(step.from.value_or(0)); i < end; i += by) take(value[static_cast<std::size_t>(i)], out);
  }
  void expand(const Path::Filter& step, const Json& value, Matches& out) {
    if (value.is_array()) {
      for (const auto& child : value) {
        ++visited_;
        if (matches_filter(*step.expression, child, document_)) take(child, out);
      }
    } else if (value.is_object() && matches_filter(*step.expression, value, document_)) {
      take(value, out);
    }
  }
  void expand(const Path::Length&, const Json& value, Matches& out) {
    if (!value.is_structured()) return;
    made_.push_back(std::make_unique<Json>(static_cast<std::int64_t>(value.size())));
    take(*made_.back(), out);
  }

  static std::optional<std::size_t> absolute(std::int64_t index, std::size_t size) {
    const auto position = index < 0 ? index + static_cast<std::int64_t>(size) : index;
    if (position < 0 || position >= static_cast<std::int64_t>(size)) return std::nullopt;
    return static_cast<std::size_t>(position);
  }

  /// What AWS names in the message: the class of the Java value that stood there.
  static const char* java_type(const Json& value) {
    switch (value.type()) {
      case Json::value_t::null:
        return "null";
      case Json::value_t::boolean:
        return "com.fasterxml.jackson.databind.node.BooleanNode";
      case Json::value_t::string:
        return "com.fasterxml.jackson.databind.node.TextNode";
      case Json::value_t::number_float:
        return "com.fasterxml.jackson.databind.node.DoubleNode";
      case Json::value_t::array:
        return "com.fasterxml.jackson.databind.node.ArrayNode";
      default:
        return "com.fasterxml.jackson.databind.node.IntNode";
    }
  }

  const Path& path_;
  const Json& document_;
  std::vector<std::unique_ptr<Json>> made_;
  std::size_t visited_ = 0;
};

AslError with_path(const Path& path, const AslError& error) {
  return {error.name, "Invalid path '" + path.text() + "' : " + error.cause};
}

}  // namespace

Selected Selected::made(Json value) {
  auto owner = std::make_shared<Json>(std::move(value));
  const Json* at = owner.get();
  return Selected(at, std::move(owner));
}

Json Selected::take() && { return owner_ ? std::move(*owner_) : *value_; }

bool Path::is_reference() const {
  for (const auto& step : steps_) {
    if (!std::holds_alternative<Name>(step) && !std::holds_alternative<Index>(step)) return false;
    if (const auto* index = std::get_if<Index>(&step); index && index->index < 0) return false;
  }
  return true;
}

bool Path::is_definite() const {
  for (const auto& step : steps_) {
    if (!std::holds_alternative<Name>(step) && !std::holds_alternative<Index>(step) &&
        !std::holds_alternative<Length>(step)) {
      return false;
    }
  }
  return true;
}

Result<Selected> Path::select(const Json& value) const {
  auto selected = Walk(*this, value).run();
  if (!selected) return with_path(*this, selected.error());
  return selected;
}

Result<Selected> Path::select(const Scope& scope) const {
  switch (root_) {
    case Root::Input:
      return select(scope.input());
    case Root::Context:
      return select(scope.context());
    case Root::Variable:
      break;
  }
  const Json* value = scope.variable(variable_);
  if (value == nullptr) return errors::runtime("Variable '" + variable_ + "' is not defined");
  return select(*value);
}

Result<Json> put_at(const Path& path, const Json& input, Json result) {
  if (path.steps().empty()) return result;
  Json output = input;
  Json* at = &output;
  const auto refuse = [&] {
    return AslError{std::string(errors::kResultPathMatchFailure),
                    "Unable to apply ResultPath '" + path.text() + "' to input " + print_json(input)};
  };
  for (const auto& step : path.steps()) {
    if (const auto* name = std::get_if<Path::Name>(&step)) {
      if (at->is_null()) *at = Json::object();
      if (!at->is_object()) return refuse();
      at = &(*at)[name->name];
    } else if (const auto* index = std::get_if<Path::Index>(&step)) {
      if (!at->is_array() || index->index < 0 || static_cast<std::size_t>(index->index) >= at->size()) return refuse();
      at = &(*at)[static_cast<std::size_t>(index->index)];
    } else {
      return refuse();
    }
  }
  *at = std::move(result);
  return output;
}

}  // namespace stepd::asl
