// The syntax tree of an expression. The parser makes it, syntax_steps.cpp flattens its paths, and resolver.cpp resolves
// its variables; from then on it does not change.
#pragma once

#include "base/value/value.h"
#include "engine/asl/jsonata/item.h"
#include "engine/asl/jsonata/jsonata.h"
#include "engine/asl/jsonata/regex.h"
#include "engine/asl/jsonata/signature.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::jsonata {

enum class NodeType : std::uint8_t {
  Name,
  Variable,  // `name` without `$`
  Context,   // $
  Root,      // $$
  String,
  Number,
  Constant,  // true, false, null
  Regex,
  Wildcard,
  Descendant,
  Parent,
  Operator,  // a bare `and`, `or`, `in`, and anything that is no expression; gone after syntax_steps.cpp
  Placeholder,
  Binary,
  Minus,
  Array,
  Object,
  Path,
  Sort,
  Bind,
  Condition,
  Block,
  Call,
  Partial,
  Lambda,
  Apply,
  Transform,
  End,
};

enum class Operator : std::uint8_t {
  None,
  // of the evaluator
  Add,
  Subtract,
  Multiply,
  Divide,
  Modulo,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Concat,
  And,
  Or,
  In,
  Range,
  // of the parser only
  Step,
  Filter,
  Group,
  OrderBy,
  Assign,
  Focus,
  Index,
  Chain,
};

/// Where the value of a parent `%` is kept: a variable that no expression can name. jsonata-js calls it a slot.
struct Ancestor {
  std::uint32_t label = 0;
  int level = 1;
};

/// The names that one frame holds.
struct Scope {
  std::vector<std::string> names;
  /// kNotFound if there is none.
  std::size_t slot_of(std::string_view name) const;
  static constexpr std::size_t kNotFound = ~std::size_t{0};
};

/// A place where the value of a variable may be: how many frames outwards, and which slot.
struct Place {
  std::uint32_t frames;
  std::uint32_t slot;
};

struct Node;
using NodePtr = std::unique_ptr<Node>;

/// What follows a step: a predicate, or the name that `#` binds.
struct Stage {
  NodePtr predicate;  // null: an index
  std::string index;
  std::uint32_t index_slot = 0;
  std::uint32_t position = 0;
};

struct SortTerm {
  NodePtr expression;
  bool descending = false;
};

struct Pair {
  NodePtr key;
  NodePtr value;
  std::unique_ptr<Key> literal;  // the key, where it is one text
};

struct Node {
  explicit Node(NodeType node_type, std::uint32_t byte_position = 0) : type(node_type), position(byte_position) {}

  NodeType type;
  Operator op = Operator::None;
  bool keep_array = false;
  bool keep_singleton = false;  // Path: some step has []
  bool constructs = false;      // an array constructor at the first or last step of a path
  bool tuple = false;           // a step from which on the path is a tuple stream; a path or block that gives one
  bool tail = false;            // Call: the last thing that a lambda does
  bool plain_keys = false;      // Object: all keys are texts that differ
  bool owns_frame = false;      // Block, Lambda: `scope` is a frame
  bool in_tuple = false;        // Sort: its input is a tuple stream
  std::uint32_t position;       // in bytes, just behind the token
  std::uint32_t height = 1;     // of the tree
  std::uint32_t constant_depth = 0;

  std::string name;  // Name, Variable; String: the text; Operator, End: the token
  double number = 0;
  Item constant;  // literals, and folded subtrees
  std::unique_ptr<Key> key;
  std::unique_ptr<Regex> regex;
  std::unique_ptr<Signature> signature;

  NodePtr left;                   // also: condition, procedure, pattern, the expression of Minus, the body of Lambda
  NodePtr right;                  // also: then, update
  NodePtr third;                  // else, delete
  std::vector<NodePtr> children;  // items, arguments, parameters, steps, expressions of a block
  std::vector<Pair> pairs;
  std::vector<SortTerm> terms;
  std::vector<Stage> predicates;  // of a node that is no step
  std::vector<Stage> stages;      // of a step
  std::unique_ptr<Node> group;    // an Object node

  std::string focus;                                      // what @ binds
  std::string index;                                      // what # binds
  std::shared_ptr<Ancestor> ancestor;                     // a step that % looks for; Parent: itself
  std::vector<std::shared_ptr<Ancestor>> seeking_parent;  // not found yet

  // Of the resolver.
  std::vector<Place> places;           // Variable, Parent: from the inside out
  std::int32_t global = -1;            // Variable: where else it may come from
  const Native* native = nullptr;      // Variable: the function, where nothing can hide it
  Scope* scope = nullptr;              // Block, Lambda: of its frame; Path: of its tuples
  const Scope* tuple_scope = nullptr;  // of a step: that of its path
  std::uint32_t slot = 0;              // Bind
  std::uint32_t focus_slot = 0;
  std::uint32_t index_slot = 0;
  std::uint32_t ancestor_slot = 0;
  std::size_t first_tuple = 0;  // Path: the first step that makes tuples; their number if none does
  std::size_t plain_from = 0;   // Path: from this step on there are only names, without stages
};

/// A variable that comes from outside, or a built-in function.
struct Global {
  std::string name;
  const Native* native = nullptr;
};

struct Program {
  std::string text;
  Dialect dialect = Dialect::Standard;
  NodePtr root;
  References references;
  std::vector<Global> globals;
  std::vector<std::unique_ptr<Scope>> scopes;
  const Scope* top_scope = nullptr;  // of variables that are bound outside of all blocks
  bool owns_frame = false;
};

/// Of a Bind that no frame holds.
inline constexpr std::uint32_t kNoSlot = ~std::uint32_t{0};

/// What jsonata-js calls the type of a node.
std::string_view type_name(const Node& node);
std::string_view operator_text(Operator op);

/// An expression that is nested too deeply.
Failure too_deep(std::uint32_t position);

/// Text to tree. Throws a Failure.
NodePtr parse_syntax(std::string_view text);
/// Flattens paths, resolves parents and marks tail calls.
NodePtr process_syntax(NodePtr tree);
/// Resolves variables, folds constants and collects what the expression refers to. `evaluated`: the expression is an
/// argument of $eval, whose free variables, functions included, are names of its outermost scope.
void resolve(Program& program, bool evaluated);

/// Nested evaluations of one expression, and levels of brackets.
inline constexpr std::uint32_t kHeightMax = 1'000;
inline constexpr std::uint32_t kNestingMax = 500;

}  // namespace stepd::jsonata
