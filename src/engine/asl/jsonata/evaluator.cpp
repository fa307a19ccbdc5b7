#include "engine/asl/jsonata/evaluator.h"

#include "engine/asl/jsonata/function_table.h"
#include "engine/asl/jsonata/json_text.h"
#include "engine/asl/jsonata/nesting.h"

#include <algorithm>
#include <cmath>

namespace stepd::jsonata {

Evaluator::Evaluator(const Program& program, std::span<const Binding> bindings, const Environment& environment,
                     Meter& meter)
    : program_(program), bindings_(bindings), environment_(environment), meter_(meter) {
  globals_.reserve(program.globals.size());
  for (const Global& global : program.globals) {
    const auto bound =
        std::find_if(bindings.begin(), bindings.end(), [&](const Binding& b) { return b.name == global.name; });
    if (bound != bindings.end()) {
      globals_.push_back(Item::borrowed(bound->value));
    } else {
      globals_.push_back(global.native != nullptr ? Item(*global.native) : Item());
    }
  }
}

Item Evaluator::run(const std::optional<Value>& input) {
  Item context = input ? Item::borrowed(*input) : Item();
  root_ = context;
  if (context.is_array()) {
    const auto wrapper = new_list(meter_);
    wrapper->push(std::move(context));
    context = sequence_of(wrapper, Item::kOuter);
  }
  Ref<Frame> frame;
  if (program_.owns_frame) frame = Ref<Frame>(new Frame(meter_, *program_.top_scope, Ref<Frame>()));
  return eval(*program_.root, context, frame.get());
}

std::uint64_t Evaluator::draw() {
  // SplitMix64 over the seed and the number of the draw.
  std::uint64_t z = environment_.seed + ++draws_ * 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

Item collapse(Item item) {
  if (!item.is_sequence()) return item;
  const std::size_t size = item.size();
  if (size == 0) return {};
  if (size == 1 && !item.has(Item::kKeep)) return item.at(0);
  return item;
}

Item Evaluator::literal_of(const Node& node) {
  Item item = node.constant.is_json() ? Item::borrowed(node.constant.json()) : node.constant;
  if (node.constructs) item.set_flags(Item::kConstructed);
  return item;
}

Item Evaluator::eval(const Node& node, const Item& input, Frame* frame) {
  const NestingScope nesting(meter_);
  meter_.step();
  Item result;
  if (node.constant_depth != 0 && meter_.depth + node.constant_depth - 1 <= meter_.bounds().depth) {
    result = literal_of(node);
  } else {
    result = eval_node(node, input, frame);
  }
  for (const Stage& stage : node.predicates) result = filter(stage, std::move(result), frame);
  if (node.group && node.type != NodeType::Path) {
    result = result.tag() == Tag::Tuples ? group_tuples(*node.group, result.tuples(), frame)
                                         : group(*node.group, result, frame);
  }
  if (!result.is_sequence()) {
    // A predicate gives one item as it is, but [] keeps it in an array.
    const bool wraps = node.keep_array && !node.predicates.empty() && !result.is_undefined() && !result.is_array();
    return wraps ? wrap(std::move(result)).with_flags(Item::kSequence | Item::kKeep) : result;
  }
  if (node.keep_array) result.set_flags(result.flags() | Item::kKeep);
  return collapse(std::move(result));
}

Item Evaluator::eval_node(const Node& node, const Item& input, Frame* frame) {
  switch (node.type) {
    case NodeType::Name:
      return lookup(input, *node.key, meter_);
    case NodeType::Variable:
    case NodeType::Parent:
      return variable(node, frame);
    case NodeType::Context:
      return input.has(Item::kOuter) ? input.at(0) : input;
    case NodeType::Root:
      return root_;
    case NodeType::Number:
      return Item::number(node.number);
    case NodeType::String:
      return Item::string(node.name, meter_);
    case NodeType::Constant:
      return node.constant;
    case NodeType::Regex: {
      Ref<Function> function(new Function(meter_, Function::Kind::Regex));
      function->regex = node.regex.get();
      function->position = node.position;
      return {Tag::Function, function};
    }
    case NodeType::Wildcard:
      return wildcard(input);
    case NodeType::Descendant:
      return descendants(input);
    case NodeType::Binary:
      return binary(node, input, frame);
    case NodeType::Minus:
      return minus(node, input, frame);
    case NodeType::Array:
      return array(node, input, frame);
    case NodeType::Object:
      return group(node, input, frame);
    case NodeType::Path:
      return path(node, input, frame);
    case NodeType::Bind:
      return bind(node, input, frame);
    case NodeType::Condition:
      if (truth(eval(*node.left, input, frame))) return eval(*node.right, input, frame);
      return node.third ? eval(*node.third, input, frame) : Item();
    case NodeType::Block:
      return block(node, input, frame);
    case NodeType::Call:
      if (!node.tail) return call(node, input, frame, nullptr);
      pending_ = {&node, input, Ref<Frame>(frame)};
      return Item(Tag::TailCall);
    case NodeType::Partial:
      return partial(node, input, frame);
    case NodeType::Apply:
      return chain(node, input, frame);
    case NodeType::Lambda:
    case NodeType::Transform:
      return lambda(node, input, frame);
    case NodeType::Sort:
    case NodeType::Operator:
    case NodeType::Placeholder:
    case NodeType::End:
      break;
  }
  return {};
}

Item Evaluator::variable(const Node& node, Frame* frame) const {
  const Frame* at = frame;
  std::uint32_t passed = 0;
  for (const Place& place : node.places) {
    for (; passed < place.frames && at != nullptr; ++passed) at = at->parent.get();
    if (at == nullptr || place.slot >= at->slots.size()) break;
    if (at->slots[place.slot].tag() != Tag::Unset) return at->slots[place.slot];
  }
  return node.global >= 0 ? globals_[static_cast<std::size_t>(node.global)] : Item();
}

Item Evaluator::look_up(std::string_view name, const Frame* frame) const {
  for (; frame != nullptr; frame = frame->parent.get()) {
    const std::size_t slot = frame->scope.slot_of(name);
    if (slot < frame->slots.size() && frame->slots[slot].tag() != Tag::Unset) return frame->slots[slot];
  }
  for (const Binding& binding : bindings_) {
    if (binding.name == name) return Item::borrowed(binding.value);
  }
  const Native* native = find_native(name, program_.dialect);
  return native == nullptr ? Item() : Item(*native);
}

Item Evaluator::bind(const Node& node, const Item& input, Frame* frame) {
  Item value = eval(*node.right, input, frame);
  if (frame != nullptr && node.slot < frame->slots.size()) frame->set(node.slot, value);
  return value;
}

Item Evaluator::block(const Node& node, const Item& input, Frame* frame) {
  Ref<Frame> own;
  if (node.owns_frame) {
    own = Ref<Frame>(new Frame(meter_, *node.scope, Ref<Frame>(frame)));
    frame = own.get();
  }
  Item result;
  for (const NodePtr& child : node.children) result = eval(*child, input, frame);
  return result;
}

Item Evaluator::array(const Node& node, const Item& input, Frame* frame) {
  Item result;
  const auto owned = [&]() -> List& {
    if (result.is_undefined()) result = array_of(new_list(meter_));
    return result.list();
  };
  for (const NodePtr& child : node.children) {
    Item value = eval(*child, input, frame);
    if (value.is_undefined()) continue;
    if (child->type == NodeType::Array) {
      owned().push(std::move(value));
    } else if (result.is_undefined() && value.tag() == Tag::List && value.node()->count == 1) {
      // Nobody else has this list.
      result = std::move(value).with_flags(0);
    } else {
      owned().push_all(value);
    }
  }
  owned();
  if (node.constructs) result.set_flags(Item::kConstructed);
  return result;
}

Item Evaluator::minus(const Node& node, const Item& input, Frame* frame) {
  const Item value = eval(*node.left, input, frame);
  if (value.is_undefined()) return {};
  if (is_numeric(value)) return Item::number(-value.number());
  throw Failure("D1002", node.position).with_token("-").with_value(json_for_error(value));
}

Item Evaluator::lambda(const Node& node, const Item& input, Frame* frame) {
  const bool transforms = node.type == NodeType::Transform;
  Ref<Function> function(new Function(meter_, transforms ? Function::Kind::Transform : Function::Kind::Lambda));
  function->node = &node;
  function->frame = Ref<Frame>(frame);
  if (!transforms) function->input = input;
  return {Tag::Function, function};
}

}  // namespace stepd::jsonata
