// Signatures of functions, `<s-n?:s>`: which arguments a function takes.
#pragma once

#include "engine/asl/jsonata/item.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::jsonata {

class Signature {
 public:
  /// `text` begins with `<`. Throws a Failure S0401 or S0402 whose position is relative to the text.
  explicit Signature(std::string_view text);

  /// Checks the arguments, takes the context for one that is missing and makes arrays where the function wants them.
  /// Throws a Failure T0410, T0411 or T0412 without position and token.
  void validate(Arguments& arguments, const Item& context, Meter& meter) const;

 private:
  struct Parameter {
    std::uint16_t kinds = 0;  // bits of what it takes
    char type = 0;            // as written; '(' for a choice
    bool optional = false;
    bool many = false;
    bool lazy = false;
    bool context = false;
    bool has_items = false;
    std::string items;  // type of the items of an array
  };
  /// How many arguments each of the first `parameters` takes, as a regular expression over their kinds would match, and
  /// one more; empty if they do not match.
  std::vector<std::size_t> match(const Arguments& arguments, std::size_t parameters, bool whole) const;
  [[noreturn]] void fail(const Arguments& arguments) const;
  void check_items(const Parameter& parameter, const Item& argument, std::size_t index, std::size_t taken) const;

  std::vector<Parameter> parameters_;
};

}  // namespace stepd::jsonata
