// The table of response shapes for result_shape.h, one row per API. A malformed row is a fault of this program and is
// asserted.
#pragma once

#include <span>
#include <string_view>

namespace stepd::core {

/// `s` string (`s>=1<=9` of so many characters), `n` number (`n>=1<=9` within limits), `b` boolean, `*` anything,
/// `(A|B)` one of these strings,
/// `[x]` array of x, `<x>` map to x, `{Name:x Other!:y}` structure (`!`: required), `@Name` the named shape.
struct ShapeRow {
  std::string_view name;  ///< `service:action` as in a Task's Resource, without `aws-sdk:`; or the name of a part
  std::string_view shape;
};

std::span<const ShapeRow> result_shapes();

}  // namespace stepd::core
