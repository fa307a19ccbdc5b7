#include "engine/asl/jsonata/signature.h"

#include "engine/asl/jsonata/failure.h"
#include "engine/asl/jsonata/json_text.h"

#include <algorithm>

namespace stepd::jsonata {

namespace {

constexpr std::string_view kSymbols = "asnblfom";  // one bit each; m: missing

std::uint16_t bits_of(std::string_view symbols) {
  std::uint16_t bits = 0;
  for (const char symbol : symbols) {
    const auto at = kSymbols.find(symbol);
    if (at != std::string_view::npos) bits = static_cast<std::uint16_t>(bits | 1U << at);
  }
  return bits;
}

char symbol_of(const Value& value) {
  switch (value.kind()) {
    case Kind::Null:
      return 'l';
    case Kind::Bool:
      return 'b';
    case Kind::Integer:
    case Kind::Decimal:
      return 'n';
    case Kind::String:
      return 's';
    case Kind::Array:
      return 'a';
    case Kind::Object:
      break;
  }
  return 'o';
}

char symbol_of(const Item& item) {
  if (item.is_undefined()) return 'm';
  if (item.is_function()) return 'f';
  if (item.is_string()) return 's';
  if (item.is_number()) return 'n';
  if (item.is_bool()) return 'b';
  if (item.is_null()) return 'l';
  return item.is_array() ? 'a' : 'o';
}

std::uint16_t bit_of(const Item& item) { return static_cast<std::uint16_t>(1U << kSymbols.find(symbol_of(item))); }

std::size_t closing_bracket(std::string_view text, std::size_t open, char opening, char closing) {
  int depth = 1;
  while (++open < text.size()) {
    if (text[open] == closing && --depth == 0) break;
    if (text[open] == opening) ++depth;
  }
  return open;
}

std::string_view plural_of(std::string_view type) {
  if (type == "a") return "arrays";
  if (type == "b") return "booleans";
  if (type == "f") return "functions";
  if (type == "n") return "numbers";
  if (type == "o") return "objects";
  return type == "s" ? "strings" : "";
}

}  // namespace

Signature::Signature(std::string_view text) {
  for (std::size_t at = 1; at < text.size() && text[at] != ':'; ++at) {
    const char symbol = text[at];
    Parameter* const previous = parameters_.empty() ? nullptr : &parameters_.back();
    const auto add = [&](std::uint16_t kinds) {
      Parameter parameter;
      parameter.kinds = kinds;
      parameter.type = symbol;
      parameters_.push_back(std::move(parameter));
    };
    switch (symbol) {
      case 's':
      case 'n':
      case 'b':
      case 'l':
      case 'o':
        add(static_cast<std::uint16_t>(bits_of({&text[at], 1}) | bits_of("m")));
        break;
      case 'a':
      case 'x':
        add(bits_of(kSymbols));
        break;
      case 'f':
        add(bits_of("f"));
        break;
      case 'j':
        add(bits_of("asnblom"));
        break;
      case '-':
      case '?':
        if (previous == nullptr) break;
        previous->lazy = previous->optional;
        previous->optional = true;
        previous->context = previous->context || symbol == '-';
        break;
      case '+':
        if (previous != nullptr) previous->many = true;
        break;
      case '(': {
        const std::size_t end = closing_bracket(text, at, '(', ')');
        const auto choice = text.substr(at + 1, end - at - 1);
        if (choice.find('<') != std::string_view::npos) throw Failure("S0402", static_cast<std::uint32_t>(at));
        add(static_cast<std::uint16_t>(bits_of(choice) | bits_of("m")));
        at = end;
        break;
      }
      case '<': {
        if (previous == nullptr || (previous->type != 'a' && previous->type != 'f')) {
          throw Failure("S0401", static_cast<std::uint32_t>(at));
        }
        const std::size_t end = closing_bracket(text, at, '<', '>');
        previous->items = std::string(text.substr(at + 1, end - at - 1));
        previous->has_items = true;
        at = end;
        break;
      }
      default:
        break;
    }
  }
}

std::vector<std::size_t> Signature::match(const Arguments& arguments, std::size_t parameters, bool whole) const {
  const std::size_t count = arguments.size();
  // possible[p * (count + 1) + i]: the parameters from p on can take the arguments from i on.
  std::vector<char> possible((parameters + 1) * (count + 1), 0);
  const auto at = [&](std::size_t p, std::size_t i) -> char& { return possible[p * (count + 1) + i]; };
  for (std::size_t i = 0; i <= count; ++i) at(parameters, i) = whole ? i == count : 1;
  for (std::size_t p = parameters; p-- > 0;) {
    const Parameter& parameter = parameters_[p];
    for (std::size_t i = count + 1; i-- > 0;) {
      const bool takes = i < count && (bit_of(arguments[i]) & parameter.kinds) != 0;
      const bool one = takes && (at(p + 1, i + 1) != 0 || (parameter.many && at(p, i + 1) != 0));
      at(p, i) = one || (parameter.optional && at(p + 1, i) != 0);
    }
  }
  if (at(0, 0) == 0) return {};
  std::vector<std::size_t> taken(parameters + 1, 0);  // the last is there so that no match differs from an empty one
  std::size_t i = 0;
  for (std::size_t p = 0; p < parameters; ++p) {
    const Parameter& parameter = parameters_[p];
    if (parameter.lazy && at(p + 1, i) != 0) continue;
    while (i < count && (bit_of(arguments[i]) & parameter.kinds) != 0 && (taken[p] == 0 || parameter.many)) {
      const bool more = at(p + 1, i + 1) != 0 || (parameter.many && at(p, i + 1) != 0);
      if (!more) break;
      ++taken[p];
      ++i;
    }
  }
  return taken;
}

void Signature::fail(const Arguments& arguments) const {
  std::size_t good = 0;
  for (std::size_t p = 1; p <= parameters_.size(); ++p) {
    const auto taken = match(arguments, p, false);
    if (taken.empty()) break;
    good = 0;
    for (const std::size_t each : taken) good += each;
  }
  throw Failure("T0410")
      .with_value(good < arguments.size() ? json_for_error(arguments[good]) : std::string())
      .with_index(good + 1);
}

void Signature::check_items(const Parameter& parameter, const Item& argument, std::size_t index,
                            std::size_t taken) const {
  if (!parameter.has_items) return;
  bool good = true;
  if (!argument.is_array()) {
    // jsonata-js compares all that the parameter has taken with the type.
    good = taken == 1 && parameter.items.size() == 1 && symbol_of(argument) == parameter.items[0];
  } else if (argument.size() > 0) {
    const char type = symbol_of(argument.at(0));
    good = !parameter.items.empty() && type == parameter.items[0];
    const auto is_same = [&](const auto& item) { return symbol_of(item) == type; };
    if (good && argument.is_json()) {
      good = std::ranges::all_of(argument.json().items(), is_same);
    } else if (good) {
      good = std::ranges::all_of(argument.list().items, is_same);
    }
  }
  if (good) return;
  Failure failure("T0412");
  failure.value_json = json_for_error(argument);
  failure.index = index + 1;
  failure.type = plural_of(parameter.items);
  throw failure;
}

void Signature::validate(Arguments& arguments, const Item& context, Meter& meter) const {
  // Most calls give each parameter one argument of its kind.
  bool plain = arguments.size() == parameters_.size();
  for (std::size_t p = 0; plain && p < parameters_.size(); ++p) {
    plain = (bit_of(arguments[p]) & parameters_[p].kinds) != 0 && !parameters_[p].lazy;
  }
  const auto make_array = [&](const Parameter& parameter, Item& given, std::size_t index, std::size_t count) {
    if (parameter.type != 'a' || given.is_undefined()) return;
    check_items(parameter, given, index, count);
    if (given.is_array()) return;
    const auto list = new_list(meter);
    list->push(std::move(given));
    given = array_of(list);
  };
  if (plain) {
    for (std::size_t p = 0; p < parameters_.size(); ++p) make_array(parameters_[p], arguments[p], p, 1);
    return;
  }
  const std::vector<std::size_t> taken = match(arguments, parameters_.size(), true);
  if (taken.empty()) fail(arguments);
  Arguments checked;
  std::size_t next = 0;
  const auto argument = [&](std::size_t index) { return index < arguments.size() ? arguments[index] : Item(); };
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    const Parameter& parameter = parameters_[p];
    const std::size_t count = taken[p];
    if (count == 0 && parameter.context) {
      if ((bit_of(context) & parameter.kinds) == 0) {
        throw Failure("T0411").with_value(json_for_error(context)).with_index(next + 1);
      }
      checked.push_back(context);
      continue;
    }
    if (count == 0) {
      checked.push_back(argument(next++));
      continue;
    }
    for (std::size_t i = 0; i < count; ++i, ++next) {
      Item given = argument(next);
      make_array(parameter, given, next, count);
      checked.push_back(std::move(given));
    }
  }
  arguments = std::move(checked);
}

}  // namespace stepd::jsonata
