#include "engine/asl/path.h"

#include "base/value/edit.h"
#include "base/value/print.h"
#include "engine/asl/errors.h"
#include "engine/asl/path_budget.h"
#include "engine/asl/path_filter.h"

#include <algorithm>
#include <deque>

namespace stepd::asl {
namespace {

using Matches = std::vector<const Value*>;

bool is_structured(const Value& value) { return value.is_array() || value.is_object(); }

std::optional<std::size_t> absolute(std::int64_t index, std::size_t size) {
  const auto length = static_cast<std::int64_t>(size);
  const auto position = index < 0 ? index + length : index;
  if (position < 0 || position >= length) return std::nullopt;
  return static_cast<std::size_t>(position);
}

/// What AWS names in the message: the class of the Java value that stood there.
const char* java_type(const Value& value) {
  switch (value.kind()) {
    case Kind::Null:
      return "com.fasterxml.jackson.databind.node.NullNode";
    case Kind::Bool:
      return "com.fasterxml.jackson.databind.node.BooleanNode";
    case Kind::String:
      return "com.fasterxml.jackson.databind.node.TextNode";
    case Kind::Decimal:
      return "com.fasterxml.jackson.databind.node.DoubleNode";
    case Kind::Array:
      return "com.fasterxml.jackson.databind.node.ArrayNode";
    default:
      return "com.fasterxml.jackson.databind.node.IntNode";
  }
}

/// Members are found one by one, so that a large object costs more than a small one.
std::size_t lookup_cost(const Value& object) { return 1 + object.size() / 64; }

/// A union of names at the end of a path makes one object of what is there (Jayway: multi-property merge).
std::optional<Value> merged(const Path::Names& step, const Value& object, Budget& budget) {
  Builder out(budget);
  out.begin_object();
  for (const auto& name : step.names) {
    const Value* found = object.find(name);
    if (found != nullptr && !(out.key(name.text()) && out.add(*found))) return std::nullopt;
  }
  if (!out.end()) return std::nullopt;
  return std::move(out).finish();
}

/// A definite path: stops at the first miss and says where that was, with Jayway's texts.
class Descent {
 public:
  Descent(const Path& path, const Value& document, Budget& budget)
      : steps_(path.steps()), budget_(budget), at_(&document) {}

  /// Whether all that run() missed was an item of a list, with nothing to look for behind it.
  bool missed_last_item() const { return missed_item_ && next_ + 1 == steps_.size(); }

  Result<Value> run() {
    for (; next_ < steps_.size(); ++next_) {
      const auto& step = steps_[next_];
      if (const auto* name = std::get_if<Path::Name>(&step)) {
        STEPD_CHECK(enter(*name));
      } else if (const auto* index = std::get_if<Path::Index>(&step)) {
        STEPD_CHECK(enter(*index));
      } else if (const auto* names = std::get_if<Path::Names>(&step)) {
        if (!at_->is_object()) return no_object(names->names.front());
        auto made = merged(*names, *at_, budget_);
        if (!made) return errors::of_limit(Limit::Fresh);
        return *std::move(made);
      } else if (const auto* function = std::get_if<Path::Function>(&step)) {
        auto value = function->call(*at_, budget_);
        if (!value) return errors::runtime("No results for path: " + place() + "." + function->name + "()");
        return *std::move(value);
      }
    }
    return *at_;
  }

 private:
  Result<void> enter(const Path::Name& step) {
    if (!at_->is_object()) return no_object(step.name);
    const Value* found = at_->find(step.name);
    if (found == nullptr) {
      const bool last = next_ + 1 == steps_.size();
      return errors::runtime((last ? "No results for path: " : "Missing property in path ") + place() + "['" +
                             std::string(step.name.text()) + "']");
    }
    at_ = found;
    return {};
  }

  Result<void> enter(const Path::Index& step) {
    const auto index = "[" + std::to_string(step.index) + "]";
    if (!at_->is_array()) {
      return errors::runtime("Filter: " + index +
                             " can only be applied to arrays. Current context is: " + print_for_cause(*at_));
    }
    const auto position = absolute(step.index, at_->size());
    missed_item_ = !position;
    if (!position) return errors::runtime("No results for path: " + place() + index);
    at_ = &(*at_)[*position];
    return {};
  }

  AslError no_object(const Key& name) const {
    return errors::runtime("Expected to find an object with property ['" + std::string(name.text()) + "'] in path " +
                           place() + " but found '" + java_type(*at_) +
                           "'. This is not a json object according to the JsonProvider: "
                           "'com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider'.");
  }

  /// The steps that have been taken, as Jayway writes them.
  std::string place() const {
    std::string text = "$";
    for (std::size_t i = 0; i < next_; ++i) {
      if (const auto* name = std::get_if<Path::Name>(&steps_[i]))
        text += "['" + std::string(name->name.text()) + "']";
      else if (const auto* index = std::get_if<Path::Index>(&steps_[i]))
        text += "[" + std::to_string(index->index) + "]";
    }
    return text;
  }

  const std::vector<Path::Step>& steps_;
  Budget& budget_;
  const Value* at_;
  std::size_t next_ = 0;
  bool missed_item_ = false;
};

/// An indefinite path: the list of all matches, in the order of the document; misses are no errors.
class Search {
 public:
  Search(const Path& path, const Value& document, PathBudget& steps, Budget& budget)
      : path_(path), document_(document), steps_(steps), budget_(budget) {}

  Result<Value> run() {
    Matches matches{&document_};
    for (const auto& step : path_.steps()) {
      last_ = &step == &path_.steps().back();
      Matches next;
      for (const Value* value : matches) {
        if (!steps_.spend()) return too_much();
        std::visit([&](const auto& s) { expand(s, *value, next); }, step);
      }
      scanned_ = std::holds_alternative<Path::Descend>(step);
      matches = std::move(next);
    }
    if (steps_.exhausted()) return too_much();
    Builder list(budget_);
    list.begin_array();
    for (const Value* value : matches) {
      if (!steps_.spend()) return too_much();
      if (!list.add(*value)) return errors::of_limit(list.limit());
    }
    if (!list.end()) return errors::of_limit(list.limit());
    return std::move(list).finish();
  }

 private:
  AslError too_much() const {
    return errors::runtime("the path takes more than " + std::to_string(PathBudget::kSteps) + " steps over this input");
  }

  bool take(const Value& value, Matches& out) {
    if (!steps_.spend()) return false;
    out.push_back(&value);
    return true;
  }
  void take_made(std::optional<Value> value, Matches& out) {
    if (value) take(made_.emplace_back(*std::move(value)), out);
  }

  bool expand_name(const Key& name, const Value& value, Matches& out) {
    if (!value.is_object()) return true;
    if (!steps_.spend(lookup_cost(value))) return false;
    const Value* found = value.find(name);
    return found == nullptr || take(*found, out);
  }
  bool expand_index(std::int64_t index, const Value& value, Matches& out) {
    if (!value.is_array()) return true;
    const auto position = absolute(index, value.size());
    return !position || take(value[*position], out);
  }
  void expand(const Path::Name& step, const Value& value, Matches& out) { expand_name(step.name, value, out); }
  void expand(const Path::Names& step, const Value& value, Matches& out) {
    if (!last_) {
      for (const auto& name : step.names) {
        if (!steps_.spend() || !expand_name(name, value, out)) return;
      }
    } else if (value.is_object() && steps_.spend(step.names.size() * lookup_cost(value))) {
      take_made(merged(step, value, budget_), out);
    }
  }
  void expand(const Path::Index& step, const Value& value, Matches& out) { expand_index(step.index, value, out); }
  void expand(const Path::Indices& step, const Value& value, Matches& out) {
    for (const auto index : step.indices) {
      if (!steps_.spend() || !expand_index(index, value, out)) return;
    }
  }
  void expand(const Path::Wildcard&, const Value& value, Matches& out) {
    for_each_child(value, [&](const Value& child) { return take(child, out); });
  }
  void expand(const Path::Descend& step, const Value& value, Matches& out) {
    if (!take(value, out)) return;
    for_each_child(value, [&](const Value& child) {
      expand(step, child, out);
      return !steps_.exhausted();
    });
  }
  void expand(const Path::Slice& step, const Value& value, Matches& out) {
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
  void expand(const Path::Filter& step, const Value& value, Matches& out) {
    const auto holds = [&](const Value& candidate) {
      return steps_.spend() && matches_filter(*step.expression, candidate, document_, steps_, budget_);
    };
    // After `..` Jayway asks each value by itself first, so that an object of a list is not found twice.
    if (!is_structured(value) || ((scanned_ || value.is_object()) && !holds(value))) return;
    if (value.is_object()) {
      take(value, out);
      return;
    }
    for (const auto& child : value.items()) {
      if (steps_.exhausted()) return;
      if (holds(child)) take(child, out);
    }
  }
  void expand(const Path::Function& step, const Value& value, Matches& out) {
    if (spend_on(value, steps_)) take_made(step.call(value, budget_), out);
  }

  /// Until `visit` answers false.
  template <class Visit>
  static void for_each_child(const Value& value, Visit visit) {
    if (value.is_array()) {
      for (const auto& child : value.items()) {
        if (!visit(child)) return;
      }
    } else if (value.is_object()) {
      for (const auto& [name, child] : value.members()) {
        if (!visit(child)) return;
      }
    }
  }

  const Path& path_;
  const Value& document_;
  PathBudget& steps_;
  Budget& budget_;
  bool last_ = false;
  bool scanned_ = false;
  std::deque<Value> made_;  // what matches point at stays where it is
};

}  // namespace

bool spend_on(const Value& value, PathBudget& steps) { return steps.spend(value.nodes() + value.text_bytes() / 64); }

namespace {

AslError invalid_path(const Path& path, const AslError& why) {
  return {why.name, "Invalid path '" + path.text() + "' : " + why.cause};
}

Result<Value> descend(const Path& path, const Value& document, Budget& budget, PastEnd past_end) {
  Descent descent(path, document, budget);
  auto found = descent.run();
  if (found) return found;
  if (past_end == PastEnd::IsNull && descent.missed_last_item()) return Value();
  return invalid_path(path, found.error());
}

}  // namespace

Result<Value> select_within(const Path& path, const Value& document, PathBudget& steps, Budget& budget) {
  if (path.is_definite()) return descend(path, document, budget, PastEnd::IsMissing);
  auto selected = Search(path, document, steps, budget).run();
  if (selected) return selected;
  return invalid_path(path, selected.error());
}

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

Result<Value> Path::select(const Value& value, Budget& budget, PastEnd past_end) const {
  if (is_definite()) return descend(*this, value, budget, past_end);
  PathBudget steps;
  return select_within(*this, value, steps, budget);
}

Result<Value> Path::select(const Scope& scope, PastEnd past_end) const {
  switch (root_) {
    case Root::Input:
      return select(scope.input(), scope.budget(), past_end);
    case Root::Context:
      return select(scope.context(), scope.budget(), past_end);
    case Root::Variable:
      break;
  }
  const auto value = scope.variable(variable_);
  if (!value) return errors::runtime("Variable '" + variable_ + "' is not defined");
  return select(*value, scope.budget(), past_end);
}

Result<Value> put_at(const Path& path, const Value& input, Value result, Budget& budget) {
  std::vector<EditStep> steps;
  for (const auto& step : path.steps()) {
    if (const auto* name = std::get_if<Path::Name>(&step))
      steps.emplace_back(name->name);
    else if (const auto* index = std::get_if<Path::Index>(&step))
      steps.emplace_back(static_cast<std::size_t>(index->index));
  }
  budget.reached = Limit::None;
  auto output = with(input, steps, std::move(result), budget);
  if (output) return output;
  if (budget.reached != Limit::None) return errors::of_limit(budget.reached);
  return AslError{std::string(errors::kResultPathMatchFailure),
                  "Unable to apply ResultPath '" + path.text() + "' to input " + print_for_cause(input)};
}

}  // namespace stepd::asl
