// JSONata, parser and evaluator, in both dialects: an expression, a line feed, the JSON that it is evaluated with.
#include "engine/asl/jsonata/jsonata.h"
#include "fuzz_scope.h"

using namespace stepd;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto [text, json] = fuzz::cut(bytes, size);
  const Value input = fuzz::input_of(json);
  jsonata::Bounds bounds;
  bounds.steps = 20'000;
  bounds.memory = 1 << 20;
  bounds.string_bytes = 1 << 18;
  bounds.list_items = 20'000;
  for (const auto dialect : {jsonata::Dialect::Standard, jsonata::Dialect::StepFunctions}) {
    const auto compiled = jsonata::Expression::compile(text, dialect);
    if (const auto* error = std::get_if<jsonata::Error>(&compiled)) {
      static_cast<void>(jsonata::show_position(text, error->byte_position));
      continue;
    }
    const jsonata::Binding states{"states", input};
    static_cast<void>(jsonata::evaluate(std::get<jsonata::Expression>(compiled), input, {&states, 1},
                                        jsonata::Environment{1'521'801'216'617, 7}, bounds));
  }
  return 0;
}
