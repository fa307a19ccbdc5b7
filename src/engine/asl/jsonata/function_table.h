// The built-in functions: one row each in function_table.cpp, one file for each family.
#pragma once

#include "engine/asl/jsonata/evaluator.h"
#include "engine/asl/jsonata/item.h"
#include "engine/asl/jsonata/jsonata.h"
#include "engine/asl/jsonata/signature.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace stepd::jsonata {

/// What a built-in function is given. Arguments have been checked against the signature.
struct Call {
  Evaluator& evaluator;
  const Arguments& arguments;
  const Item& input;  ///< the context of the call
  Frame* frame;       ///< variables that are visible where the call stands

  /// Undefined if there is no such argument.
  const Item& operator[](std::size_t index) const;
  bool lacks(std::size_t index) const { return (*this)[index].is_undefined(); }
  Meter& meter() const { return evaluator.meter(); }
};

enum class Offered : std::uint8_t { Always, Standard, StepFunctions };

struct Native {
  std::string_view name;
  std::string_view signature;
  std::uint8_t arity;  ///< arguments that it is given when it is itself an argument
  Item (*call)(const Call& call);
  Offered offered = Offered::Always;
};

/// Null if the dialect has none of that name.
const Native* find_native(std::string_view name, Dialect dialect);
const Signature& signature_of(const Native& native);

namespace native {

Item sum(const Call& call);
Item count(const Call& call);
Item max(const Call& call);
Item min(const Call& call);
Item average(const Call& call);
Item string(const Call& call);
Item substring(const Call& call);
Item substring_before(const Call& call);
Item substring_after(const Call& call);
Item lowercase(const Call& call);
Item uppercase(const Call& call);
Item length(const Call& call);
Item trim(const Call& call);
Item pad(const Call& call);
Item match(const Call& call);
Item contains(const Call& call);
Item replace(const Call& call);
Item split(const Call& call);
Item join(const Call& call);
Item format_number(const Call& call);
Item format_base(const Call& call);
Item format_integer(const Call& call);
Item parse_integer(const Call& call);
Item number(const Call& call);
Item floor(const Call& call);
Item ceil(const Call& call);
Item round(const Call& call);
Item abs(const Call& call);
Item sqrt(const Call& call);
Item power(const Call& call);
Item random(const Call& call);
Item boolean(const Call& call);
Item negate(const Call& call);
Item map(const Call& call);
Item zip(const Call& call);
Item filter(const Call& call);
Item single(const Call& call);
Item reduce(const Call& call);
Item sift(const Call& call);
Item keys(const Call& call);
Item lookup(const Call& call);
Item append(const Call& call);
Item exists(const Call& call);
Item spread(const Call& call);
Item merge(const Call& call);
Item reverse(const Call& call);
Item each(const Call& call);
Item error(const Call& call);
Item assert_true(const Call& call);
Item type(const Call& call);
Item sort(const Call& call);
Item shuffle(const Call& call);
Item distinct(const Call& call);
Item base64_encode(const Call& call);
Item base64_decode(const Call& call);
Item strict_base64_decode(const Call& call);
Item encode_url_component(const Call& call);
Item encode_url(const Call& call);
Item decode_url_component(const Call& call);
Item decode_url(const Call& call);
Item eval(const Call& call);
Item to_millis(const Call& call);
Item from_millis(const Call& call);
Item clone(const Call& call);
Item now(const Call& call);
Item millis(const Call& call);
Item partition(const Call& call);
Item range(const Call& call);
Item hash(const Call& call);
Item seeded_random(const Call& call);
Item uuid(const Call& call);
Item parse(const Call& call);

}  // namespace native
}  // namespace stepd::jsonata
