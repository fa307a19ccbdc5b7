// The parser of values: its verdict is nlohmann's, and printing is a fixpoint.
#include "base/value/parse.h"

#include "base/payload.h"
#include "base/value/compare.h"
#include "base/value/json_border.h"
#include "base/value/print.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace stepd;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

/// Where the two parsers are meant to differ: nlohmann's ends at a NUL and skips a byte order mark, and it has no
/// limit for the length of numbers and names.
bool is_ours_to_judge(std::string_view text, const std::string& cause) {
  return text.find('\0') != std::string_view::npos || text.starts_with("\xEF\xBB\xBF") ||
         cause.find("a number has more than") != std::string::npos || cause == describe(Limit::Name);
}

void check_value(const Value& value, const Json& json) {
  const std::string text = print(value);
  require(text.size() == value.text_bytes());
  const auto again = parse_value(text);
  require(again.has_value() && print(*again) == text);
  require(*again == value && canonical_hash(*again) == canonical_hash(value));
  require(again->nodes() == value.nodes() && again->depth() == value.depth());
  require(to_json(value) == json);
  std::string begun;
  print_prefix(value, text.size() / 2, begun);
  require(text.starts_with(begun));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto value = parse_value(text);
  if (!value && is_ours_to_judge(text, value.error().cause)) return 0;
  const auto json = parse_json(text);
  require(value.has_value() == json.has_value());
  if (value) check_value(*value, *json);
  // A small budget stops somewhere, and gives everything back.
  Budget budget{.bytes = 64, .depth = 4, .nodes = 16, .fresh = 512};
  require(parse(text, budget).has_value() == (budget.reached == Limit::None && value.has_value()));
  return 0;
}
