// Payload templates in both query languages: a template, a line feed, its input.
#include "base/value/print.h"
#include "engine/asl/payload_template.h"
#include "engine/asl/query.h"
#include "fuzz_scope.h"

using namespace stepd;

namespace {

void evaluate(const asl::PayloadTemplate& compiled, std::string_view input) {
  const auto made = compiled.evaluate(fuzz::FuzzScope(fuzz::input_of(input)));
  if (made) static_cast<void>(print(*made));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto [text, json] = fuzz::cut(bytes, size);
  const auto value = parse_json(text);
  if (!value) return 0;
  asl::Diagnostics faults;
  const auto compiled = asl::PayloadTemplate::compile(*value, "", faults);
  if (faults.empty()) evaluate(compiled, json);
  asl::Diagnostics jsonata_faults;
  const auto jsonata = asl::PayloadTemplate::compile_jsonata(*value, {"", "Output", {}}, jsonata_faults);
  if (jsonata_faults.empty()) evaluate(jsonata, json);
  return 0;
}
