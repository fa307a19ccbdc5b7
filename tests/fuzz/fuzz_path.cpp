// JSONPath: a path, a line feed, the JSON that it looks into.
#include "engine/asl/path.h"
#include "fuzz_scope.h"

using namespace stepd;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto [text, json] = fuzz::cut(bytes, size);
  const auto path = asl::Path::parse(text);
  if (!path) return 0;
  const fuzz::FuzzScope scope(fuzz::input_of(json));
  static_cast<void>(path->select(scope));
  if (path->is_reference()) static_cast<void>(asl::put_at(*path, scope.input(), Value::string("put"), scope.budget()));
  return 0;
}
