// The second pass over the syntax tree: operators `.`, `[`, `{`, `^`, `@` and `#` become paths with steps, predicates
// and groups; parents `%` find the step that they belong to; calls at the end of a lambda are marked.
#include "engine/asl/jsonata/syntax.h"

#include <utility>

namespace stepd::jsonata {

namespace {

using Slots = std::vector<std::shared_ptr<Ancestor>>;

class Processor {
 public:
  NodePtr run(NodePtr tree) {
    NodePtr result = process(std::move(tree));
    if (result->type == NodeType::Parent || !result->seeking_parent.empty()) throw no_parent(*result);
    return result;
  }

 private:
  static Failure no_parent(const Node& node) { return Failure("S0217", node.position).with_token(type_name(node)); }

  NodePtr process(NodePtr node) {
    if (stack_.is_exceeded()) throw too_deep(node->position);
    const bool keep_array = node->keep_array;
    NodePtr result = process_by_type(std::move(node));
    if (keep_array) result->keep_array = true;
    return result;
  }

  NodePtr process_by_type(NodePtr node) {
    switch (node->type) {
      case NodeType::Binary:
        return process_binary(std::move(node));
      case NodeType::Name:
        return process_name(std::move(node));
      case NodeType::Minus:
        return process_minus(std::move(node));
      case NodeType::Array:
      case NodeType::Call:
      case NodeType::Partial:
        process_children(*node);
        return node;
      case NodeType::Block:
        process_block(*node);
        return node;
      case NodeType::Object:
        for (Pair& pair : node->pairs) {
          process_into(pair.key, *node);
          process_into(pair.value, *node);
        }
        return node;
      case NodeType::Condition:
        process_into(node->left, *node);
        process_into(node->right, *node);
        if (node->third) process_into(node->third, *node);
        return node;
      case NodeType::Lambda:
        node->left = process(std::move(node->left));
        mark_tail(*node->left);
        return node;
      case NodeType::Transform:
        node->left = process(std::move(node->left));
        node->right = process(std::move(node->right));
        if (node->third) node->third = process(std::move(node->third));
        return node;
      case NodeType::Parent:
        node->ancestor = std::make_shared<Ancestor>();
        node->ancestor->label = labels_++;
        return node;
      case NodeType::End:
        throw Failure("S0207", node->position).with_token(node->name);
      default:
        return node;
    }
  }

  void process_children(Node& node) {
    for (NodePtr& child : node.children) process_into(child, node);
    if (node.left) node.left = process(std::move(node.left));  // the procedure
  }

  /// The child, whose parents that are not found yet are the node's as well.
  void process_into(NodePtr& child, Node& node) {
    child = process(std::move(child));
    push_ancestry(node, *child);
  }

  static void push_ancestry(Node& result, const Node& value) {
    result.seeking_parent.insert(result.seeking_parent.end(), value.seeking_parent.begin(), value.seeking_parent.end());
    if (value.type == NodeType::Parent) result.seeking_parent.push_back(value.ancestor);
  }

  void process_block(Node& node) {
    for (NodePtr& child : node.children) {
      process_into(child, node);
      if (child->constructs || (child->type == NodeType::Path && child->children[0]->constructs)) {
        node.constructs = true;
      }
    }
  }

  static NodePtr make_path(NodePtr step) {
    auto path = std::make_unique<Node>(NodeType::Path, step->position);
    path->height = step->height + 1;
    path->children.push_back(std::move(step));
    return path;
  }

  NodePtr process_name(NodePtr node) {
    const bool keep = node->keep_array;
    NodePtr path = make_path(std::move(node));
    path->keep_singleton = keep;
    return path;
  }

  NodePtr process_minus(NodePtr node) {
    node->left = process(std::move(node->left));
    if (node->left->type == NodeType::Number) {
      NodePtr number = std::move(node->left);
      number->number = -number->number;
      return number;
    }
    push_ancestry(*node, *node->left);
    return node;
  }

  NodePtr process_binary(NodePtr node) {
    switch (node->op) {
      case Operator::Step:
        return process_step(std::move(node));
      case Operator::Filter:
        return process_filter(std::move(node));
      case Operator::Group:
        return process_group(std::move(node));
      case Operator::OrderBy:
        return process_order(std::move(node));
      case Operator::Focus:
        return process_focus(std::move(node));
      case Operator::Index:
        return process_index(std::move(node));
      case Operator::Assign: {
        node->type = NodeType::Bind;
        node->name = node->left->name;
        node->left = nullptr;
        process_into(node->right, *node);
        return node;
      }
      case Operator::Chain:
        node->type = NodeType::Apply;
        node->left = process(std::move(node->left));
        node->right = process(std::move(node->right));
        node->keep_array = node->left->keep_array || node->right->keep_array;
        return node;
      default:
        process_into(node->left, *node);
        process_into(node->right, *node);
        return node;
    }
  }

  NodePtr process_step(NodePtr node) {
    NodePtr left = process(std::move(node->left));
    Slots seeking;
    if (left->type == NodeType::Parent) seeking = {left->ancestor};
    NodePtr path = left->type == NodeType::Path ? std::move(left) : make_path(std::move(left));
    if (!seeking.empty()) path->seeking_parent = std::move(seeking);
    NodePtr rest = process(std::move(node->right));
    if (rest->type == NodeType::Path) {
      for (NodePtr& step : rest->children) path->children.push_back(std::move(step));
    } else {
      if (!rest->predicates.empty()) rest->stages = std::exchange(rest->predicates, {});
      path->children.push_back(std::move(rest));
    }
    for (const NodePtr& step : path->children) {
      if (step->type == NodeType::Number || step->type == NodeType::Constant) {
        Failure failure("S0213", step->position);
        failure.value_json = step->name;
        throw failure;
      }
      if (step->type == NodeType::String) step->type = NodeType::Name;
      if (step->keep_array) path->keep_singleton = true;
      path->height = std::max(path->height, step->height + 1);
    }
    if (path->children.front()->type == NodeType::Array) path->children.front()->constructs = true;
    if (path->children.back()->type == NodeType::Array) path->children.back()->constructs = true;
    resolve_ancestry(*path);
    return path;
  }

  NodePtr process_filter(NodePtr node) {
    NodePtr result = process(std::move(node->left));
    Node& step = result->type == NodeType::Path ? *result->children.back() : *result;
    if (step.group) throw Failure("S0209", node->position);
    Stage stage;
    stage.predicate = process(std::move(node->right));
    stage.position = node->position;
    if (!stage.predicate->seeking_parent.empty()) {
      for (const auto& slot : stage.predicate->seeking_parent) {
        if (slot->level == 1) {
          seek_parent(step, slot);
        } else {
          --slot->level;
        }
      }
      push_ancestry(step, *stage.predicate);
    }
    (result->type == NodeType::Path ? step.stages : step.predicates).push_back(std::move(stage));
    return result;
  }

  NodePtr process_group(NodePtr node) {
    NodePtr result = process(std::move(node->left));
    if (result->group) throw Failure("S0210", node->position);
    for (Pair& pair : node->right->pairs) {
      pair.key = process(std::move(pair.key));
      pair.value = process(std::move(pair.value));
    }
    result->group = std::move(node->right);
    return result;
  }

  NodePtr process_order(NodePtr node) {
    NodePtr result = process(std::move(node->left));
    if (result->type != NodeType::Path) result = make_path(std::move(result));
    auto sort = std::make_unique<Node>(NodeType::Sort, node->position);
    for (SortTerm& term : node->terms) {
      process_into(term.expression, *sort);
      sort->terms.push_back(std::move(term));
    }
    result->children.push_back(std::move(sort));
    resolve_ancestry(*result);
    return result;
  }

  NodePtr process_focus(NodePtr node) {
    NodePtr result = process(std::move(node->left));
    Node& step = result->type == NodeType::Path ? *result->children.back() : *result;
    if (!step.stages.empty() || !step.predicates.empty()) throw Failure("S0215", node->position);
    if (step.type == NodeType::Sort) throw Failure("S0216", node->position);
    if (node->keep_array) step.keep_array = true;
    step.focus = node->right->name;
    step.tuple = true;
    return result;
  }

  NodePtr process_index(NodePtr node) {
    NodePtr result = process(std::move(node->left));
    if (result->type != NodeType::Path) {
      if (!result->predicates.empty()) result->stages = std::exchange(result->predicates, {});
      result = make_path(std::move(result));
    }
    Node& step = *result->children.back();
    if (step.stages.empty()) {
      step.index = node->right->name;
    } else {
      Stage stage;
      stage.index = node->right->name;
      stage.position = node->position;
      step.stages.push_back(std::move(stage));
    }
    step.tuple = true;
    return result;
  }

  void seek_parent(Node& node, const std::shared_ptr<Ancestor>& slot) {
    switch (node.type) {
      case NodeType::Name:
      case NodeType::Wildcard:
        if (--slot->level == 0) {
          if (node.ancestor) slot->label = node.ancestor->label;
          node.ancestor = slot;
          node.tuple = true;
        }
        break;
      case NodeType::Parent:
        ++slot->level;
        break;
      case NodeType::Block:
        if (!node.children.empty()) {
          node.tuple = true;
          seek_parent(*node.children.back(), slot);
        }
        break;
      case NodeType::Path: {
        node.tuple = true;
        std::size_t index = node.children.size();
        do {
          seek_parent(*node.children[--index], slot);
        } while (slot->level > 0 && index > 0);
        break;
      }
      default:
        throw no_parent(node);
    }
  }

  void resolve_ancestry(Node& path) {
    const Node& last = *path.children.back();
    Slots slots = last.seeking_parent;
    if (last.type == NodeType::Parent) slots.push_back(last.ancestor);
    for (const auto& slot : slots) {
      auto index = static_cast<std::ptrdiff_t>(path.children.size()) - 2;
      while (slot->level > 0) {
        if (index < 0) {
          path.seeking_parent.push_back(slot);
          break;
        }
        Node* step = path.children[static_cast<std::size_t>(index--)].get();
        // Steps in a row that bind the focus stay at one place.
        while (index >= 0 && !step->focus.empty() && !path.children[static_cast<std::size_t>(index)]->focus.empty()) {
          step = path.children[static_cast<std::size_t>(index--)].get();
        }
        seek_parent(*step, slot);
      }
    }
  }

  static void mark_tail(Node& node) {
    if (node.type == NodeType::Call && node.predicates.empty() && !node.group) {
      node.tail = true;
    } else if (node.type == NodeType::Condition) {
      mark_tail(*node.right);
      if (node.third) mark_tail(*node.third);
    } else if (node.type == NodeType::Block && !node.children.empty()) {
      mark_tail(*node.children.back());
    }
  }

  const StackMark stack_;
  std::uint32_t labels_ = 0;
};

}  // namespace

NodePtr process_syntax(NodePtr tree) { return Processor().run(std::move(tree)); }

std::string_view type_name(const Node& node) {
  switch (node.type) {
    case NodeType::Name:
      return "name";
    case NodeType::Variable:
    case NodeType::Context:
    case NodeType::Root:
      return "variable";
    case NodeType::String:
      return "string";
    case NodeType::Number:
      return "number";
    case NodeType::Constant:
      return "value";
    case NodeType::Regex:
      return "regex";
    case NodeType::Wildcard:
      return "wildcard";
    case NodeType::Descendant:
      return "descendant";
    case NodeType::Parent:
      return "parent";
    case NodeType::Binary:
      return "binary";
    case NodeType::Minus:
    case NodeType::Array:
    case NodeType::Object:
      return "unary";
    case NodeType::Path:
      return "path";
    case NodeType::Sort:
      return "sort";
    case NodeType::Bind:
      return "bind";
    case NodeType::Condition:
      return "condition";
    case NodeType::Block:
      return "block";
    case NodeType::Call:
      return "function";
    case NodeType::Partial:
      return "partial";
    case NodeType::Lambda:
      return "lambda";
    case NodeType::Apply:
      return "apply";
    case NodeType::Transform:
      return "transform";
    default:
      return "operator";
  }
}

std::size_t Scope::slot_of(std::string_view name) const {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return i;
  }
  return kNotFound;
}

}  // namespace stepd::jsonata
