// Resolves each variable to the places where it may be, folds constants, and finds what an expression asks of its
// surroundings.
#include "base/value/builder.h"
#include "base/value/escape.h"
#include "engine/asl/jsonata/function_table.h"
#include "engine/asl/jsonata/syntax.h"

#include <algorithm>
#include <cmath>

namespace stepd::jsonata {

namespace {

constexpr std::size_t kFoldedItemsMax = 1'000;

std::string label_name(const Ancestor& ancestor) { return "!" + std::to_string(ancestor.label); }

void add_name(std::vector<std::string>& names, std::string name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
}

std::size_t find_first_tuple(const Node& path) {
  const auto first =
      std::find_if(path.children.begin(), path.children.end(), [](const auto& step) { return step->tuple; });
  return static_cast<std::size_t>(first - path.children.begin());
}

/// The names that the tuples of a path or block have.
void collect_tuple_names(const Node& node, std::vector<std::string>& names) {
  if (node.type == NodeType::Block) {
    if (!node.children.empty()) collect_tuple_names(*node.children.back(), names);
    return;
  }
  if (node.type != NodeType::Path) return;
  for (std::size_t i = find_first_tuple(node); i < node.children.size(); ++i) {
    const Node& step = *node.children[i];
    if (!step.focus.empty()) add_name(names, step.focus);
    if (!step.index.empty()) add_name(names, step.index);
    if (step.ancestor && step.type != NodeType::Parent) add_name(names, label_name(*step.ancestor));
    for (const Stage& stage : step.stages) {
      if (!stage.predicate) add_name(names, stage.index);
    }
    if (step.type == NodeType::Block && step.tuple) collect_tuple_names(step, names);
  }
}

/// The names that are bound in the frame in which `node` is evaluated.
class BoundNames {
 public:
  explicit BoundNames(std::vector<std::string>& names) : names_(names) {}

  void visit(const Node& node) {
    switch (node.type) {
      case NodeType::Bind:
        add_name(names_, node.name);
        visit(*node.right);
        break;
      case NodeType::Block:
      case NodeType::Lambda:
        break;
      case NodeType::Path:
        return visit_path(node);
      default:
        visit_children(node);
    }
    if (!node.tuple) visit_after(node);
  }

  void visit_after(const Node& node) {
    for (const auto* stages : {&node.predicates, &node.stages}) {
      for (const Stage& stage : *stages) {
        if (stage.predicate) visit(*stage.predicate);
      }
    }
    if (node.group) visit(*node.group);
  }

  void visit_children(const Node& node) {
    for (const auto* child : {&node.left, &node.right, &node.third}) {
      if (*child) visit(**child);
    }
    for (const NodePtr& child : node.children) visit(*child);
    for (const Pair& pair : node.pairs) {
      visit(*pair.key);
      visit(*pair.value);
    }
    for (const SortTerm& term : node.terms) visit(*term.expression);
  }

  /// Of a path, what is evaluated in the frame of its tuples.
  void visit_tuple_part(const Node& path, std::size_t first) {
    for (std::size_t i = first; i < path.children.size(); ++i) {
      const Node& step = *path.children[i];
      if (step.type == NodeType::Sort && i == first) {
        visit_after(step);
      } else {
        visit(step);
        if (step.tuple) visit_after(step);
      }
    }
    visit_after(path);
  }

 private:
  void visit_path(const Node& path) {
    const std::size_t first = find_first_tuple(path);
    for (std::size_t i = 0; i < first; ++i) visit(*path.children[i]);
    if (first == path.children.size()) return visit_after(path);
    if (path.children[first]->type == NodeType::Sort) {
      for (const SortTerm& term : path.children[first]->terms) visit(*term.expression);
    }
  }

  std::vector<std::string>& names_;
};

/// Frames around a node, from the inside out.
struct Surrounding {
  const Surrounding* outer;
  Scope* scope;
  std::size_t always_bound;  // the first so many names are parameters
};

class Resolver {
 public:
  Resolver(Program& program, bool evaluated) : program_(program), evaluated_(evaluated) {}

  void run() {
    Scope& top = new_scope();
    BoundNames(top.names).visit(*program_.root);
    top_ = &top;
    program_.top_scope = &top;
    program_.owns_frame = evaluated_ || !top.names.empty();
    const Surrounding surrounding{nullptr, &top, 0};
    walk(*program_.root, program_.owns_frame ? &surrounding : nullptr, true);
  }

 private:
  Scope& new_scope() {
    program_.scopes.push_back(std::make_unique<Scope>());
    return *program_.scopes.back();
  }

  void refer_to_top(std::string_view name, const Node& node) {
    auto& list = program_.references.top_level;
    if (std::any_of(list.begin(), list.end(), [&](const Reference& old) { return old.name == name; })) return;
    list.push_back({std::string(name), utf16_position(program_.text, node.position), node.position});
  }

  void find_places(Node& node, std::string_view name, const Surrounding* surrounding) {
    std::uint32_t frames = 0;
    for (; surrounding != nullptr; surrounding = surrounding->outer, ++frames) {
      const std::size_t slot = surrounding->scope->slot_of(name);
      if (slot == Scope::kNotFound) continue;
      node.places.push_back({frames, static_cast<std::uint32_t>(slot)});
      if (slot < surrounding->always_bound) return;
    }
  }

  void walk_variable(Node& node, const Surrounding* surrounding) {
    find_places(node, node.name, surrounding);
    if (evaluated_) {
      if (node.places.empty()) {
        // A name of the outermost frame, to which $eval gives its value.
        std::uint32_t frames = 0;
        for (const Surrounding* each = surrounding; each->outer != nullptr; each = each->outer) ++frames;
        top_->names.push_back(node.name);
        node.places.push_back({frames, static_cast<std::uint32_t>(top_->names.size() - 1)});
      }
      return;
    }
    auto& globals = program_.globals;
    auto found = std::find_if(globals.begin(), globals.end(), [&](const Global& g) { return g.name == node.name; });
    if (found == globals.end()) {
      globals.push_back({node.name, find_native(node.name, program_.dialect)});
      found = std::prev(globals.end());
    }
    node.global = static_cast<std::int32_t>(found - globals.begin());
    if (node.places.empty()) node.native = found->native;
  }

  bool is_free(const Node& node) const {
    return node.type == NodeType::Variable && node.places.empty() && node.native == nullptr;
  }

  void note_free(const Node& variable) {
    VariablePath path;
    path.variable = {variable.name, utf16_position(program_.text, variable.position), variable.position};
    program_.references.variables.push_back(std::move(path));
  }

  void note_function(const std::string& name) {
    auto& names = program_.references.functions;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }

  void walk(Node& node, const Surrounding* surrounding, bool top) {
    if (stack_.is_exceeded()) throw too_deep(node.position);
    switch (node.type) {
      case NodeType::Name:
        if (top) refer_to_top(node.name, node);
        node.key = std::make_unique<Key>(node.name);
        break;
      case NodeType::Wildcard:
        if (top) refer_to_top("*", node);
        break;
      case NodeType::Descendant:
        if (top) refer_to_top("**", node);
        break;
      case NodeType::Context:
        if (top) refer_to_top("$", node);
        break;
      case NodeType::Root:
        refer_to_top("$$", node);
        break;
      case NodeType::Parent:
        if (top) refer_to_top("%", node);
        find_places(node, label_name(*node.ancestor), surrounding);
        break;
      case NodeType::Variable:
        walk_variable(node, surrounding);
        if (is_free(node)) note_free(node);
        if (node.places.empty() && node.native != nullptr) note_function(node.name);
        break;
      case NodeType::Bind:
        node.slot = bind_slot(node.name, surrounding);
        walk(*node.right, surrounding, top);
        break;
      case NodeType::Block:
        walk_block(node, surrounding, top);
        break;
      case NodeType::Lambda:
        walk_lambda(node, surrounding, top);
        break;
      case NodeType::Path:
        return walk_path(node, surrounding, top);
      case NodeType::Transform:
        for (auto* child : {&node.left, &node.right, &node.third}) {
          if (*child) walk(**child, surrounding, false);
        }
        break;
      default:
        walk_children(node, surrounding, top);
    }
    fold(node);
    // A block that gives tuples has predicates that see their names.
    const Surrounding tuples{surrounding, node.tuple && node.type == NodeType::Block ? tuple_scope_of(node) : nullptr,
                             0};
    walk_after(node, tuples.scope != nullptr ? &tuples : surrounding, surrounding);
  }

  static std::uint32_t bind_slot(const std::string& name, const Surrounding* surrounding) {
    if (surrounding == nullptr) return kNoSlot;
    std::size_t slot = surrounding->scope->slot_of(name);
    if (slot == Scope::kNotFound) {
      slot = surrounding->scope->names.size();
      surrounding->scope->names.push_back(name);
    }
    return static_cast<std::uint32_t>(slot);
  }

  static Scope* tuple_scope_of(const Node& block) {
    const Node* node = &block;
    while (node->type == NodeType::Block && !node->children.empty()) node = node->children.back().get();
    return node->type == NodeType::Path && node->first_tuple < node->children.size() ? node->scope : nullptr;
  }

  void walk_children(Node& node, const Surrounding* surrounding, bool top) {
    for (auto* child : {&node.left, &node.right, &node.third}) {
      if (*child) walk(**child, surrounding, top);
    }
    for (NodePtr& child : node.children) walk(*child, surrounding, top);
    for (Pair& pair : node.pairs) {
      walk(*pair.key, surrounding, top);
      walk(*pair.value, surrounding, top);
    }
    if (node.type == NodeType::Object) note_literal_keys(node);
  }

  static void note_literal_keys(Node& object) {
    object.plain_keys = object.pairs.size() <= kFoldedItemsMax;
    std::vector<std::string> names;
    for (Pair& pair : object.pairs) {
      const bool literal =
          is_folded(*pair.key) && pair.key->constant.is_string() && !pair.key->constant.text().starts_with("_jsonata_");
      if (!literal) {
        object.plain_keys = false;
        return;
      }
      pair.literal = std::make_unique<Key>(pair.key->constant.text());
      names.emplace_back(pair.literal->text());
    }
    std::sort(names.begin(), names.end());
    if (std::adjacent_find(names.begin(), names.end()) != names.end()) object.plain_keys = false;
  }

  /// Predicates, stages and the group. Their context is what the node selects.
  void walk_after(Node& node, const Surrounding* surrounding, const Surrounding* of_stages) {
    for (Stage& stage : node.predicates) walk(*stage.predicate, surrounding, false);
    for (Stage& stage : node.stages) {
      if (stage.predicate) {
        walk(*stage.predicate, of_stages, false);
      } else {
        stage.index_slot = bind_slot(stage.index, of_stages);
      }
    }
    if (!node.group) return;
    for (Pair& pair : node.group->pairs) {
      walk(*pair.key, surrounding, false);
      walk(*pair.value, surrounding, false);
    }
    note_literal_keys(*node.group);
  }

  void walk_block(Node& node, const Surrounding* surrounding, bool top) {
    Scope& scope = new_scope();
    BoundNames bound(scope.names);
    for (const NodePtr& child : node.children) bound.visit(*child);
    node.scope = &scope;
    node.owns_frame = !scope.names.empty();
    const Surrounding inner{surrounding, &scope, 0};
    for (NodePtr& child : node.children) walk(*child, node.owns_frame ? &inner : surrounding, top);
  }

  void walk_lambda(Node& node, const Surrounding* surrounding, bool top) {
    Scope& scope = new_scope();
    // A name that stands twice has the later value, so each parameter has a slot of its own.
    for (const NodePtr& parameter : node.children) scope.names.push_back(parameter->name);
    for (std::size_t i = 0; i < scope.names.size(); ++i) {
      if (std::find(scope.names.begin() + static_cast<std::ptrdiff_t>(i) + 1, scope.names.end(), scope.names[i]) !=
          scope.names.end()) {
        scope.names[i] += "!";
      }
    }
    const std::size_t parameters = scope.names.size();
    BoundNames(scope.names).visit(*node.left);
    node.scope = &scope;
    node.owns_frame = !scope.names.empty();
    const Surrounding inner{surrounding, &scope, parameters};
    walk(*node.left, node.owns_frame ? &inner : surrounding, top);
  }

  void walk_path(Node& path, const Surrounding* surrounding, bool top) {
    const std::size_t first = path.first_tuple = find_first_tuple(path);
    const Surrounding* inner = surrounding;
    Surrounding tuples{surrounding, nullptr, 0};
    if (first < path.children.size()) {
      Scope& scope = new_scope();
      collect_tuple_names(path, scope.names);
      BoundNames(scope.names).visit_tuple_part(path, first);
      path.scope = &scope;
      tuples.scope = &scope;
      inner = &tuples;
    }
    for (std::size_t i = 0; i < path.children.size(); ++i) {
      Node& step = *path.children[i];
      const Surrounding* around = i < first ? surrounding : inner;
      const bool step_top = top && i == 0;
      if (step.type == NodeType::Sort) {
        step.in_tuple = i > first;
        for (SortTerm& term : step.terms) walk(*term.expression, i > first ? inner : surrounding, false);
        walk_after(step, around, around);
      } else {
        walk(step, around, step_top);
      }
      if (i >= first) {
        step.tuple_scope = tuples.scope;
        set_slots(step, *tuples.scope);
      }
      if (i == 0 && is_free(step)) note_names(path);
    }
    walk_after(path, inner, inner);
    path.plain_from = path.children.size();
    while (path.plain_from > 0 && is_plain(*path.children[path.plain_from - 1])) --path.plain_from;
  }

  static bool is_plain(const Node& step) {
    return step.type == NodeType::Name && step.stages.empty() && !step.tuple && step.predicates.empty();
  }

  static void set_slots(Node& step, const Scope& scope) {
    const auto slot = [&](std::string_view name) { return static_cast<std::uint32_t>(scope.slot_of(name)); };
    if (!step.focus.empty()) step.focus_slot = slot(step.focus);
    if (!step.index.empty()) step.index_slot = slot(step.index);
    if (step.ancestor && step.type != NodeType::Parent) step.ancestor_slot = slot(label_name(*step.ancestor));
  }

  void note_names(const Node& path) {
    auto& names = program_.references.variables.back().names;
    for (std::size_t i = 1; i < path.children.size() && path.children[i]->type == NodeType::Name; ++i) {
      names.push_back(path.children[i]->name);
    }
  }

  static Value value_of(const Item& item) {
    if (item.is_json()) return item.json();
    const double number = item.number();
    if (std::abs(number) < 9e15 && number == std::trunc(number)) {
      return Value::integer(static_cast<std::int64_t>(number));
    }
    return Value::number(number);
  }

  static void fold(Node& node) {
    switch (node.type) {
      case NodeType::Number:
        node.constant = Item::number(node.number);
        node.constant_depth = 1;
        break;
      case NodeType::Constant:
        node.constant = node.name == "null" ? Item(Value()) : Item::boolean(node.name == "true");
        node.constant_depth = 1;
        break;
      case NodeType::String:
        if (!is_utf8(node.name)) break;  // built anew by each evaluation, as only Values are shared between threads
        node.constant = Item(Value::string(node.name));
        node.constant_depth = 1;
        break;
      case NodeType::Array:
        fold_array(node);
        break;
      case NodeType::Object:
        fold_object(node);
        break;
      case NodeType::Binary:
        fold_numbers(node);
        break;
      default:
        break;
    }
  }

  static bool is_folded(const Node& node) {
    return node.constant_depth > 0 && node.predicates.empty() && !node.group && !node.keep_array;
  }

  static void fold_array(Node& node) {
    if (node.children.size() > kFoldedItemsMax) return;
    std::uint32_t depth = 0;
    for (const NodePtr& child : node.children) {
      if (!is_folded(*child)) return;
      depth = std::max(depth, child->constant_depth);
    }
    Budget budget;
    Builder builder(budget);
    builder.begin_array();
    for (const NodePtr& child : node.children) builder.add(value_of(child->constant));
    builder.end();
    if (builder.limit() != Limit::None) return;
    node.constant = Item(std::move(builder).finish());
    node.constant_depth = depth + 1;
  }

  static void fold_object(Node& node) {
    if (node.pairs.size() > kFoldedItemsMax) return;
    std::uint32_t depth = 0;
    for (std::size_t i = 0; i < node.pairs.size(); ++i) {
      const Pair& pair = node.pairs[i];
      if (!is_folded(*pair.key) || !is_folded(*pair.value) || !pair.key->constant.is_string()) return;
      for (std::size_t j = 0; j < i; ++j) {
        if (node.pairs[j].key->constant.text() == pair.key->constant.text()) return;
      }
      depth = std::max({depth, pair.key->constant_depth, pair.value->constant_depth});
    }
    Budget budget;
    Builder builder(budget);
    builder.begin_object();
    for (const Pair& pair : node.pairs) {
      builder.key(pair.key->constant.text());
      builder.add(value_of(pair.value->constant));
    }
    builder.end();
    if (builder.limit() != Limit::None) return;
    node.constant = Item(std::move(builder).finish());
    node.constant_depth = depth + 1;
  }

  static void fold_numbers(Node& node) {
    if (!is_folded(*node.left) || !is_folded(*node.right)) return;
    if (node.left->constant.tag() != Tag::Number || node.right->constant.tag() != Tag::Number) return;
    const double a = node.left->constant.number();
    const double b = node.right->constant.number();
    double result = 0;
    switch (node.op) {
      case Operator::Add:
        result = a + b;
        break;
      case Operator::Subtract:
        result = a - b;
        break;
      case Operator::Multiply:
        result = a * b;
        break;
      case Operator::Divide:
        result = a / b;
        break;
      default:
        return;
    }
    if (!std::isfinite(result)) return;
    node.constant = Item::number(result);
    node.constant_depth = std::max(node.left->constant_depth, node.right->constant_depth) + 1;
  }

  Program& program_;
  const bool evaluated_;
  const StackMark stack_;
  Scope* top_ = nullptr;
};

}  // namespace

void resolve(Program& program, bool evaluated) { Resolver(program, evaluated).run(); }

}  // namespace stepd::jsonata
