// Intrinsic functions and paths as they stand in `.$` fields: an expression, a line feed, its input.
#include "base/value/print.h"
#include "engine/asl/expression.h"
#include "fuzz_scope.h"

using namespace stepd;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto [text, json] = fuzz::cut(bytes, size);
  const auto expression = asl::Expression::parse(text, "field.$");
  if (!expression) return 0;
  const fuzz::FuzzScope scope(fuzz::input_of(json));
  const auto value = expression->evaluate(scope);
  if (value) static_cast<void>(print(*value));
  return 0;
}
