// Payload templates: a template, a line feed, its input.
#include "base/value/print.h"
#include "engine/asl/payload_template.h"
#include "fuzz_scope.h"

using namespace stepd;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto [text, json] = fuzz::cut(bytes, size);
  const auto value = parse_json(text);
  if (!value) return 0;
  asl::Diagnostics faults;
  const auto compiled = asl::PayloadTemplate::compile(*value, "", faults);
  if (!faults.empty()) return 0;
  const auto made = compiled.evaluate(fuzz::FuzzScope(fuzz::input_of(json)));
  if (made) static_cast<void>(print(*made));
  return 0;
}
