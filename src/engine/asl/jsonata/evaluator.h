// Evaluator: walks the syntax tree of one expression with one input. The parts are in evaluator.cpp (nodes), paths.cpp
// (steps and predicates), tuple_paths.cpp (`@`, `#`, `%`), operators.cpp, groups.cpp, ordering.cpp and calls.cpp.
#pragma once

#include "engine/asl/jsonata/item.h"
#include "engine/asl/jsonata/syntax.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::jsonata {

struct Call;

/// Thread: one. Failures are thrown.
class Evaluator {
 public:
  /// The Meter does not outlive any of the others; values that they hold are not copied.
  Evaluator(const Program& program, std::span<const Binding> bindings, const Environment& environment, Meter& meter);

  Item run(const std::optional<Value>& input);

  Item eval(const Node& node, const Item& input, Frame* frame);
  /// Calls a function and all that it calls as its last act. `input` is the context for signatures.
  Item apply(const Item& function, Arguments arguments, const Item& input, Frame* frame);
  /// Calls a function that a built-in one was given, with as many of the arguments as it takes.
  Item apply_to(const Item& function, Arguments arguments, const Call& call);
  /// How many arguments a function takes.
  std::size_t arity_of(const Item& function) const;

  /// A variable by its name, for $eval and $clone.
  Item look_up(std::string_view name, const Frame* frame) const;
  /// Compiles and evaluates another expression, for $eval.
  Item evaluate_text(std::string_view text, const Item& input, Frame* frame);

  Meter& meter() const { return meter_; }
  const Environment& environment() const { return environment_; }
  /// A number of the evaluation's own, for $random and others.
  std::uint64_t draw();

 private:
  /// What a step has selected: one item, or each item of an array. While it is one, no list is made.
  struct Cursor {
    Item item;
    bool many = false;
    bool empty = false;
  };

  Item eval_node(const Node& node, const Item& input, Frame* frame);
  Item literal_of(const Node& node);
  Item variable(const Node& node, Frame* frame) const;
  Item bind(const Node& node, const Item& input, Frame* frame);
  Item block(const Node& node, const Item& input, Frame* frame);
  Item array(const Node& node, const Item& input, Frame* frame);
  Item minus(const Node& node, const Item& input, Frame* frame);
  Item lambda(const Node& node, const Item& input, Frame* frame);

  Item path(const Node& node, const Item& input, Frame* frame);
  void plain_names(const Node& node, std::size_t& at, Cursor& cursor);
  Item wrap(Item item);
  Cursor step(const Node& step, const Cursor& cursor, Frame* frame, bool last);
  Cursor finish_step(std::size_t count, Item only, const Ref<List>& all, bool last);
  Item filter(const Stage& stage, Item input, Frame* frame);
  Item filter_tuples(const Stage& stage, const Item& input, Frame* frame);
  bool selects(const Item& result, std::size_t index, std::size_t size, std::size_t& times) const;
  Item wildcard(const Item& input);
  Item descendants(const Item& input);

  Item tuple_step(const Node& step, const Cursor& cursor, const Item& tuples, Frame* frame);
  Item tuple_stages(const Node& step, Item tuples, Frame* frame);
  Ref<Frame> tuple_frame(const Scope& scope, const Tuples::Tuple& tuple, Frame* frame);

  Item binary(const Node& node, const Item& input, Frame* frame);
  Item logical(const Node& node, const Item& input, Frame* frame);
  Item range(const Item& left, const Item& right);

  Item group(const Node& object, const Item& input, Frame* frame);
  Item group_tuples(const Node& object, const Tuples& tuples, Frame* frame);
  std::string_view group_key(const Item& key, const Node& object) const;

  Item sort(const Node& node, const Item& input, Frame* frame);

  Item call(const Node& node, const Item& input, Frame* frame, const Item* first);
  Item chain(const Node& node, const Item& input, Frame* frame);
  Item partial(const Node& node, const Item& input, Frame* frame);
  Item apply_once(const Item& function, Arguments& arguments, const Item& input, Frame* frame);
  Item apply_lambda(const Function& function, Arguments& arguments);
  Item apply_native(const Native& native, Arguments& arguments, const Item& input, Frame* frame);
  void evaluate_arguments(const Node& node, const Item& input, Frame* frame, Arguments& arguments, bool wrap);
  [[noreturn]] void fail_no_function(const Node& node, const Item& procedure, std::string_view similar,
                                     std::string_view plain, Frame* frame) const;
  Item transform(const Function& function, const Item& object, Frame* frame);
  void update(const Node& node, const Item& match, Frame* frame);

  /// A call that a lambda ends with; eval() answers TailCall, and apply() makes it.
  struct Pending {
    const Node* node = nullptr;
    Item input;
    Ref<Frame> frame;
  };

  const Program& program_;
  const std::span<const Binding> bindings_;
  const Environment environment_;
  Meter& meter_;
  boost::container::small_vector<Item, 4> globals_;
  Item root_;
  Pending pending_;
  std::uint64_t draws_ = 0;
  std::vector<std::shared_ptr<const Program>> evaluated_;  // by $eval: functions may refer to them
};

/// What $boolean gives; undefined is false. Throws D1001 for a number that is not finite.
bool truth(const Item& item);
/// Whether it is a number; throws D1001 if it is infinite. NaN is none.
bool is_numeric(const Item& item);
/// Equality of `=`: deep, numbers as doubles. Takes steps of the meter.
bool deep_equal(const Item& a, const Item& b, Meter& meter);
/// What the name selects in an object, or in each object of an array.
Item lookup(const Item& input, const Key& key, Meter& meter);
/// $append.
Item append(Item first, const Item& second, Meter& meter);
/// A sequence of one item is that item, and an empty one is undefined.
Item collapse(Item item);
/// What a match of a regular expression gives: match, start, end, groups and next.
Item next_match(const Function& function, Meter& meter);
Item match_object(const Function& regex, std::size_t from, const Item& subject, Meter& meter);

}  // namespace stepd::jsonata
