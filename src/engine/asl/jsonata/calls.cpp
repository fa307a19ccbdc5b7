// Calls: of lambdas, built-in functions, partial applications and chains, and the transform operator.
#include "engine/asl/jsonata/evaluator.h"
#include "engine/asl/jsonata/function_table.h"
#include "engine/asl/jsonata/json_text.h"
#include "engine/asl/jsonata/nesting.h"
#include "engine/asl/jsonata/text_units.h"

#include "base/limits.h"

#include <algorithm>
#include <utility>

namespace stepd::jsonata {

namespace {

/// The name that an error gives to the function that a call names.
std::string procedure_name(const Node& procedure) {
  if (procedure.type == NodeType::Path) return procedure.children[0]->name;
  return procedure.type == NodeType::Variable ? procedure.name : std::string();
}

/// jsonata-js marks functions that came as arguments: they report no position of their own.
bool reports_position(const Item& function) {
  if (function.has(Item::kWrapped)) return false;
  return function.tag() == Tag::Native ||
         (function.tag() == Tag::Function && function.function().kind != Function::Kind::Regex &&
          function.function().kind != Function::Kind::NextMatch);
}

Item wrapped(Item item) {
  if (item.is_function()) item.set_flags(Item::kWrapped);
  return item;
}

/// A copy of an object or array made of Maps and Lists only, as JSON text would carry it.
Item clone_tree(const Item& item, Meter& meter) {
  meter.step();
  if (item.is_array()) {
    const auto list = new_list(meter);
    for_each(item, [&](const Item& each) { list->push(clone_tree(each, meter)); });
    return array_of(list);
  }
  if (item.is_object()) {
    const Ref<Map> map(new Map(meter));
    for_each_member(item,
                    [&](std::string_view name, const Item& value) { map->set(Key(name), clone_tree(value, meter)); });
    return {Tag::Map, map};
  }
  if (item.is_function()) return Item::string({}, meter);
  if (item.is_number() && !is_numeric(item)) return Item(Value());
  return item;
}

/// Counts the depth anew after updates. Updates are copied before they are put in, so that there are no cycles.
std::uint16_t measure_depth(const Item& item, Meter& meter, std::uint32_t level) {
  if (level > limits::kJsonDepth) meter.fail_depth();
  if (item.tag() != Tag::Map && item.tag() != Tag::List) return static_cast<std::uint16_t>(item.depth());
  std::uint16_t depth = 0;
  const auto raise = [&](const Item& each) { depth = std::max(depth, measure_depth(each, meter, level + 1)); };
  for_each(item.tag() == Tag::List ? item : Item(), raise);
  for_each_member(item, [&](std::string_view, const Item& each) { raise(each); });
  item.node()->depth = depth + 1;
  return depth + 1;
}

}  // namespace

const Item& Call::operator[](std::size_t index) const {
  static const Item kMissing;
  return index < arguments.size() ? arguments[index] : kMissing;
}

void Evaluator::evaluate_arguments(const Node& node, const Item& input, Frame* frame, Arguments& arguments, bool wrap) {
  for (const NodePtr& child : node.children) {
    if (child->type == NodeType::Placeholder) {
      arguments.push_back(Item(Tag::Unset));
      continue;
    }
    Item argument = eval(*child, input, frame);
    arguments.push_back(wrap ? wrapped(std::move(argument)) : std::move(argument));
  }
}

void Evaluator::fail_no_function(const Node& node, const Item& procedure, std::string_view similar,
                                 std::string_view plain, Frame* frame) const {
  const std::string name = procedure_name(*node.left);
  const bool known =
      procedure.is_undefined() && node.left->type == NodeType::Path && !look_up(name, frame).is_undefined();
  Failure failure(known ? similar : plain, node.position);
  failure.token = name;
  if (known) failure.hint = "$" + name + " is a function; " + name + " is a field";
  throw failure;
}

Item Evaluator::call(const Node& node, const Item& input, Frame* frame, const Item* first) {
  const Item procedure = eval(*node.left, input, frame);
  if (procedure.is_undefined() && node.left->type == NodeType::Path) {
    const std::string name = procedure_name(*node.left);
    if (!look_up(name, frame).is_undefined()) fail_no_function(node, procedure, "T1005", "T1006", frame);
  }
  Arguments arguments;
  if (first != nullptr) arguments.push_back(*first);
  evaluate_arguments(node, input, frame, arguments, true);
  try {
    return apply(procedure, std::move(arguments), input, frame);
  } catch (Failure& failure) {
    if (failure.bound != Bound::None) throw;
    if (!failure.position || reports_position(procedure)) failure.position = node.position;
    if (!failure.token) failure.token = procedure_name(*node.left);
    throw;
  }
}

Item Evaluator::chain(const Node& node, const Item& input, Frame* frame) {
  const Item left = eval(*node.left, input, frame);
  if (node.right->type == NodeType::Call) {
    // A call takes the left side as its first argument.
    return call(*node.right, input, frame, &left);
  }
  const Item function = eval(*node.right, input, frame);
  if (!function.is_function()) throw Failure("T2006", node.position).with_value(json_for_error(function));
  if (left.is_function()) {
    Ref<Function> both(new Function(meter_, Function::Kind::Chain));
    both->captured = {left, function};
    return {Tag::Function, both};
  }
  Arguments arguments;
  arguments.push_back(left);
  try {
    return apply(function, std::move(arguments), Item(Value()), frame);
  } catch (Failure& failure) {
    if (!failure.position) failure.position = node.position;
    throw;
  }
}

Item Evaluator::partial(const Node& node, const Item& input, Frame* frame) {
  Arguments arguments;
  evaluate_arguments(node, input, frame, arguments, false);
  const Item procedure = eval(*node.left, input, frame);
  Ref<Function> function(new Function(meter_, Function::Kind::PartialNative));
  function->captured.assign(arguments.begin(), arguments.end());
  if (procedure.tag() == Tag::Native) {
    function->native = &procedure.native();
    function->captured.resize(std::max<std::size_t>(function->captured.size(), function->native->arity));
    return {Tag::Function, function};
  }
  if (procedure.tag() != Tag::Function) fail_no_function(node, procedure, "T1007", "T1008", frame);
  const Function& original = procedure.function();
  if (original.kind == Function::Kind::Lambda) {
    function->kind = Function::Kind::PartialLambda;
    function->node = original.node;
    function->frame = original.frame;
    function->input = original.input;
    function->captured.resize(original.node->children.size());
    return {Tag::Function, function};
  }
  if (original.kind == Function::Kind::PartialLambda || original.kind == Function::Kind::PartialNative) {
    function->kind = original.kind;
    function->node = original.node;
    function->native = original.native;
    function->frame = original.frame;
    function->input = original.input;
    std::vector<Item> joined = original.captured;
    std::size_t next = 0;
    for (Item& open : joined) {
      if (open.tag() == Tag::Unset) open = next < arguments.size() ? arguments[next++] : Item();
    }
    function->captured = std::move(joined);
    return {Tag::Function, function};
  }
  fail_no_function(node, procedure, "T1007", "T1008", frame);
}

std::size_t Evaluator::arity_of(const Item& function) const {
  if (function.tag() == Tag::Native) return function.native().arity;
  if (function.tag() != Tag::Function) return 0;
  const Function& of = function.function();
  switch (of.kind) {
    case Function::Kind::Lambda:
      return of.node->children.size();
    case Function::Kind::PartialLambda:
    case Function::Kind::PartialNative:
      return static_cast<std::size_t>(
          std::count_if(of.captured.begin(), of.captured.end(), [](const Item& i) { return i.tag() == Tag::Unset; }));
    case Function::Kind::Regex:
      return 2;
    case Function::Kind::NextMatch:
      return 0;
    case Function::Kind::Transform:
    case Function::Kind::Chain:
      break;
  }
  return 1;
}

Item Evaluator::apply(const Item& function, Arguments arguments, const Item& input, Frame* frame) {
  Item result = apply_once(function, arguments, input, frame);
  while (result.tag() == Tag::TailCall) {
    const Pending next = std::exchange(pending_, Pending());
    const Node& procedure = *next.node->left;
    const Item callee = eval(procedure, next.input, next.frame.get());
    Arguments next_arguments;
    evaluate_arguments(*next.node, next.input, next.frame.get(), next_arguments, false);
    try {
      if (!callee.is_function()) throw Failure("T1006");
      result = apply_once(callee, next_arguments, input, frame);
    } catch (Failure& failure) {
      if (failure.bound != Bound::None) throw;
      if (!failure.token && procedure.type == NodeType::Variable) failure.token = procedure.name;
      failure.position = procedure.position;
      throw;
    }
  }
  return result;
}

Item Evaluator::apply_to(const Item& function, Arguments arguments, const Call& call) {
  while (arguments.size() > 1 && arguments.size() > arity_of(function)) arguments.pop_back();
  return apply(function, std::move(arguments), Item(Value()), call.frame);
}

Item Evaluator::apply_native(const Native& native, Arguments& arguments, const Item& input, Frame* frame) {
  const RunningScope running(meter_);
  try {
    signature_of(native).validate(arguments, input, meter_);
    return native.call(Call{*this, arguments, input, frame});
  } catch (Failure& failure) {
    if (!failure.token && failure.bound == Bound::None) failure.token = std::string(native.name);
    throw;
  }
}

Item Evaluator::apply_once(const Item& function, Arguments& arguments, const Item& input, Frame* frame) {
  if (function.tag() == Tag::Native) {
    return apply_native(function.native(), arguments, input, frame);
  }
  if (function.tag() != Tag::Function) throw Failure("T1006");
  const Function& of = function.function();
  const Ref<Function> kept(&function.function());
  switch (of.kind) {
    case Function::Kind::Lambda:
      if (of.node->signature) of.node->signature->validate(arguments, input, meter_);
      return apply_lambda(of, arguments);
    case Function::Kind::PartialLambda:
    case Function::Kind::PartialNative: {
      Arguments all(of.captured.begin(), of.captured.end());
      std::size_t next = 0;
      for (Item& open : all) {
        if (open.tag() == Tag::Unset) open = next < arguments.size() ? arguments[next++] : Item();
      }
      if (of.kind == Function::Kind::PartialLambda) return apply_lambda(of, all);
      while (!all.empty() && all.back().is_undefined()) all.pop_back();
      return apply_native(*of.native, all, input, frame);
    }
    case Function::Kind::Transform: {
      static const Signature kSignature("<(oa):o>");
      kSignature.validate(arguments, input, meter_);
      return transform(of, arguments.empty() ? Item() : arguments[0], frame);
    }
    case Function::Kind::Regex: {
      if (arguments.empty() || !arguments[0].is_string()) return {};
      // A second number is where the search begins, as where $filter gives an index.
      const double from = arguments.size() > 1 && arguments[1].number() > 0 ? arguments[1].number() : 0;
      const auto units = static_cast<std::size_t>(std::min(from, 1e9));
      return match_object(of, utf16_offset(arguments[0].text(), units), arguments[0], meter_);
    }
    case Function::Kind::NextMatch:
      return next_match(of, meter_);
    case Function::Kind::Chain: {
      const NestingScope nesting(meter_);
      Arguments inner;
      inner.push_back(apply(of.captured[0], std::move(arguments), input, frame));
      return apply(of.captured[1], std::move(inner), input, frame);
    }
  }
  return {};
}

Item Evaluator::apply_lambda(const Function& function, Arguments& arguments) {
  const Node& node = *function.node;
  Ref<Frame> own;
  Frame* frame = function.frame.get();
  if (node.owns_frame) {
    own = Ref<Frame>(new Frame(meter_, *node.scope, function.frame));
    frame = own.get();
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      frame->set(i, i < arguments.size() ? std::move(arguments[i]) : Item());
    }
  }
  return eval(*node.left, function.input, frame);
}

Item Evaluator::transform(const Function& function, const Item& object, Frame*) {
  if (object.is_undefined()) return {};
  const Node& node = *function.node;
  Frame* const frame = function.frame.get();
  if (!look_up("clone", frame).is_function()) throw Failure("T2013", node.position);
  const Item result = clone_tree(object.has(Item::kOuter) ? object.at(0) : object, meter_);
  const Item matches = eval(*node.left, result, frame);
  if (!matches.is_undefined()) for_each(matches, [&](const Item& match) { update(node, match, frame); });
  measure_depth(result, meter_, 0);
  return result;
}

void Evaluator::update(const Node& node, const Item& match, Frame* frame) {
  const Item change = eval(*node.right, match, frame);
  if (!change.is_undefined()) {
    if (!change.is_object()) throw Failure("T2011", node.right->position).with_value(json_for_error(change));
    if (match.tag() == Tag::Map) {
      std::vector<std::pair<std::string, Item>> members;
      for_each_member(change, [&](std::string_view name, const Item& value) {
        // A part of the tree itself must not come below itself.
        const bool own_part = value.tag() == Tag::Map || value.tag() == Tag::List;
        members.emplace_back(name, own_part ? clone_tree(value, meter_) : value);
      });
      for (auto& [name, value] : members) match.map().set(Key(name), std::move(value));
    }
  }
  if (!node.third) return;
  const Item names = eval(*node.third, match, frame);
  if (names.is_undefined()) return;
  bool strings = true;
  for_each(names, [&](const Item& name) { strings = strings && name.is_string(); });
  if (!strings) throw Failure("T2012", node.third->position).with_value(json_for_error(names));
  if (match.tag() != Tag::Map) return;
  for_each(names, [&](const Item& name) { match.map().erase(name.text()); });
}

}  // namespace stepd::jsonata
