#include "engine/asl/path.h"

#include "engine/asl/errors.h"
#include "engine/asl/path_budget.h"
#include "engine/asl/path_filter.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::asl {
namespace {

using Matches = std::vector<const Json*>;

std::string bracketed(const std::string& at, const std::string& name) { return at + "['" + name + "']"; }

std::optional<std::size_t> absolute(std::int64_t index, std::size_t size) {
  const auto length = static_cast<std::int64_t>(size);
  const auto position = index < 0 ? index + length : index;
  if (position < 0 || position >= length) return std::nullopt;
  return static_cast<std::size_t>(position);
}

/// What AWS names in the message: the class of the Java value that stood there.
const char* java_type(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return "com.fasterxml.jackson.databind.node.NullNode";
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

/// Members are found one by one, so that a large object costs more than a small one.
std::size_t lookup_cost(const Json& object) { return 1 + object.size() / 64; }

/// A union of names at the end of a path makes one object of what is there (Jayway: multi-property merge).
Json merged(const Path::Names& step, const Json& object) {
  Json out = Json::object();
  for (const auto& name : step.names) {
    if (const auto found = object.find(name); found != object.end()) out[name] = *found;
  }
  return out;
}

/// A definite path: stops at the first miss and says where that was, with Jayway's texts.
class Descent {
 public:
  Descent(const Path& path, const Json& document) : path_(path), at_(&document) {}

  Result<Selected> run() {
    for (const auto& step : path_.steps()) {
      const bool last = &step == &path_.steps().back();
      if (const auto* name = std::get_if<Path::Name>(&step)) {
        STEPD_CHECK(enter(*name, last));
      } else if (const auto* index = std::get_if<Path::Index>(&step)) {
        STEPD_CHECK(enter(*index));
      } else if (const auto* names = std::get_if<Path::Names>(&step)) {
        if (!at_->is_object()) return no_object(names->names.front());
        return Selected::made(merged(*names, *at_));
      } else if (const auto* function = std::get_if<Path::Function>(&step)) {
        auto value = function->call(*at_);
        if (!value) return errors::runtime("No results for path: " + place_ + "." + function->name + "()");
        return Selected::made(*std::move(value));
      }
    }
    return Selected::borrowed(*at_);
  }

 private:
  Result<void> enter(const Path::Name& step, bool last) {
    if (!at_->is_object()) return no_object(step.name);
    const auto found = at_->find(step.name);
    const auto place = bracketed(place_, step.name);
    if (found == at_->end())
      return errors::runtime((last ? "No results for path: " : "Missing property in path ") + place);
    place_ = place;
    at_ = &*found;
    return {};
  }

  Result<void> enter(const Path::Index& step) {
    const auto shown = "[" + std::to_string(step.index) + "]";
    if (!at_->is_array()) {
      return errors::runtime("Filter: " + shown +
                             " can only be applied to arrays. Current context is: " + print_json(*at_));
    }
    const auto position = absolute(step.index, at_->size());
    place_ += shown;
    if (!position) return errors::runtime("No results for path: " + place_);
    at_ = &(*at_)[*position];
    return {};
  }

  AslError no_object(const std::string& name) const {
    return errors::runtime("Expected to find an object with property ['" + name + "'] in path " + place_ +
                           " but found '" + java_type(*at_) +
                           "'. This is not a json object according to the JsonProvider: "
                           "'com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider'.");
  }

  const Path& path_;
  const Json* at_;
  std::string place_ = "$";
};

/// An indefinite path: the list of all matches, in the order of the document; misses are no errors.
class Search {
 public:
  Search(const Path& path, const Json& document, PathBudget& budget)
      : path_(path), document_(document), budget_(budget) {}

  Result<Selected> run() {
    Matches matches{&document_};
    for (const auto& step : path_.steps()) {
      last_ = &step == &path_.steps().back();
      Matches next;
      for (const Json* value : matches) {
        if (!budget_.spend()) return too_much();
        std::visit([&](const auto& s) { expand(s, *value, next); }, step);
      }
      scanned_ = std::holds_alternative<Path::Descend>(step);
      matches = std::move(next);
    }
    Json list = Json::array();
    for (const Json* value : matches) {
      if (!spend_on(*value, budget_)) return too_much();
      list.push_back(*value);
    }
    if (budget_.exhausted()) return too_much();
    return Selected::made(std::move(list));
  }

 private:
  AslError too_much() const {
    return errors::runtime("the path takes more than " + std::to_string(PathBudget::kSteps) + " steps over this input");
  }

  bool take(const Json& value, Matches& out) {
    if (!budget_.spend()) return false;
    out.push_back(&value);
    return true;
  }
  void take_made(Json value, Matches& out) {
    made_.push_back(std::make_unique<Json>(std::move(value)));
    take(*made_.back(), out);
  }

  bool expand_name(const std::string& name, const Json& value, Matches& out) {
    if (!value.is_object()) return true;
    if (!budget_.spend(lookup_cost(value))) return false;
    const auto found = value.find(name);
    return found == value.end() || take(*found, out);
  }
  bool expand_index(std::int64_t index, const Json& value, Matches& out) {
    if (!value.is_array()) return true;
    const auto position = absolute(index, value.size());
    return !position || take(value[*position], out);
  }
  void expand(const Path::Name& step, const Json& value, Matches& out) { expand_name(step.name, value, out); }
  void expand(const Path::Names& step, const Json& value, Matches& out) {
    if (!last_) {
      for (const auto& name : step.names) {
        if (!budget_.spend() || !expand_name(name, value, out)) return;
      }
    } else if (value.is_object() && budget_.spend(step.names.size() * lookup_cost(value)) && spend_on(value, budget_)) {
      take_made(merged(step, value), out);
    }
  }
  void expand(const Path::Index& step, const Json& value, Matches& out) { expand_index(step.index, value, out); }
  void expand(const Path::Indices& step, const Json& value, Matches& out) {
    for (const auto index : step.indices) {
      if (!budget_.spend() || !expand_index(index, value, out)) return;
    }
  }
  void expand(const Path::Wildcard&, const Json& value, Matches& out) {
    if (!value.is_structured()) return;
    for (const auto& child : value) {
      if (!take(child, out)) return;
    }
  }
  void expand(const Path::Descend& step, const Json& value, Matches& out) {
    if (!take(value, out) || !value.is_structured()) return;
    for (const auto& child : value) {
      if (budget_.exhausted()) return;
      expand(step, child, out);
    }
  }
  void expand(const Path::Slice& step, const Json& value, Matches& out) {
    if (!value.is_array()) return;
    const auto size = static_cast<std::int64_t>(value.size());
    const auto clamp = [size](std::int64_t i) {
      return std::min(std::max<std::int64_t>(i < 0 ? i + size : i, 0), size);
    };
    const auto by = std::clamp<std::int64_t>(step.step.value_or(1), 1, std::max<std::int64_t>(size, 1));
    const auto end = clamp(step.to.value_or(size));
    for (auto i = clamp(step.from.value_or(0)); i < end; i += by) {
      if (!take(value[static_cast<std::size_t>(i)], out)) return;
    }
  }
  void expand(const Path::Filter& step, const Json& value, Matches& out) {
    const auto holds = [&](const Json& candidate) {
      return budget_.spend() && matches_filter(*step.expression, candidate, document_, budget_);
    };
    // After `..` Jayway asks each value by itself first, so that an object of a list is not found twice.
    if (!value.is_structured() || ((scanned_ || value.is_object()) && !holds(value))) return;
    if (value.is_object()) {
      take(value, out);
      return;
    }
    for (const auto& child : value) {
      if (budget_.exhausted()) return;
      if (holds(child)) take(child, out);
    }
  }
  void expand(const Path::Function& step, const Json& value, Matches& out) {
    if (!spend_on(value, budget_)) return;
    if (auto made = step.call(value)) take_made(*std::move(made), out);
  }

  const Path& path_;
  const Json& document_;
  PathBudget& budget_;
  bool last_ = false;
  bool scanned_ = false;
  std::vector<std::unique_ptr<Json>> made_;
};

}  // namespace

bool spend_on(const Json& value, PathBudget& budget) {
  if (value.is_string()) return budget.spend(1 + value.get_ref<const std::string&>().size() / 64);
  if (!budget.spend()) return false;
  if (value.is_array()) {
    for (const auto& item : value) {
      if (!spend_on(item, budget)) return false;
    }
  } else if (value.is_object()) {
    for (const auto& [name, member] : value.get_ref<const Json::object_t&>()) {
      if (!budget.spend(1 + name.size() / 64) || !spend_on(member, budget)) return false;
    }
  }
  return true;
}

Result<Selected> select_within(const Path& path, const Json& document, PathBudget& budget) {
  auto selected = path.is_definite() ? Descent(path, document).run() : Search(path, document, budget).run();
  if (selected) return selected;
  return AslError{selected.error().name, "Invalid path '" + path.text() + "' : " + selected.error().cause};
}

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
    const bool merges = std::holds_alternative<Names>(step) && &step == &steps_.back();
    if (!merges && !std::holds_alternative<Name>(step) && !std::holds_alternative<Index>(step) &&
        !std::holds_alternative<Function>(step)) {
      return false;
    }
  }
  return true;
}

Result<Selected> Path::select(const Json& value) const {
  PathBudget budget;
  return select_within(*this, value, budget);
}

namespace {

/// What a path of plain steps finds in the context, if that is there without the whole of it; else nullptr.
const Json* find_in_context(const std::vector<Path::Step>& steps, const Scope& scope) {
  if (steps.size() < 2) return nullptr;
  const auto* first = std::get_if<Path::Name>(&steps[0]);
  const auto* second = std::get_if<Path::Name>(&steps[1]);
  const Json* at = first && second ? scope.context_member(first->name, second->name) : nullptr;
  for (auto step = steps.begin() + 2; at != nullptr && step != steps.end(); ++step) {
    const auto* name = std::get_if<Path::Name>(&*step);
    const auto found = name && at->is_object() ? at->find(name->name) : at->end();
    at = found == at->end() ? nullptr : &*found;
  }
  return at;
}

}  // namespace

Result<Selected> Path::select(const Scope& scope) const {
  switch (root_) {
    case Root::Input:
      return select(scope.input());
    case Root::Context:
      if (const Json* found = find_in_context(steps_, scope)) return Selected::borrowed(*found);
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
