// The table behind result_shape.h: one line per API, in a notation of its own.
#pragma once

#include <span>
#include <string_view>

namespace stepd::core {

/// `s` string, `n` number (`n>=1<=9` within limits), `b` boolean, `*` anything, `(A|B)` one of these strings,
/// `[x]` array of x, `<x>` map to x, `{Name:x Other!:y}` structure (`!`: required), `@Name` the named shape.
struct ShapeRow {
  std::string_view name;  ///< `service:action` as a Task's Resource has it, `aws-sdk:` left out; or the name of a part
  std::string_view shape;
};

std::span<const ShapeRow> result_shapes();

}  // namespace stepd::core
